// Clients of shops, for the models: real ones where their files are at hand, and drawn ones.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/histories.hpp"

namespace winback::test {

// A reference file beside the project; nullopt: it is not there, which is printed.
std::optional<std::string> reference_file(const std::string& name);

// The rows of a CSV file without quotes, gzipped or not, by the names of its columns.
using CsvRow = std::map<std::string, std::string>;
std::vector<CsvRow> csv_rows(const std::string& path);

// What clients of a file of orders did until a day: in weeks, orders of one day merged.
struct Shop {
  std::vector<core::Group> groups;
  std::vector<core::Spending> spending;  // of who came back, and spent something
};
Shop shop_of(const std::string& path, const std::string& until);

// Clients of a shop that live as the model says, all of one age; the same ones each time.
std::vector<core::Group> drawn_shop(core::Model model, const core::Parameters& parameters, int clients, double age);

}  // namespace winback::test
