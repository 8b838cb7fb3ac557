// See shop.hpp.
#include "support/shop.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>
#include <random>
#include <sstream>

namespace winback::test {

using core::Group;
using core::History;
using core::Model;

std::optional<std::string> reference_file(const std::string& name) {
  const auto path = std::filesystem::path(WINBACK_SOURCE_DIR) / ".." / "shared" / name;
  if (std::filesystem::exists(path)) return path.string();
  std::cout << "skipped: " << path.string() << " is not there\n";
  return std::nullopt;
}

std::vector<CsvRow> csv_rows(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(("gzip -cdf '" + path + "'").c_str(), "r"), pclose);
  std::string text;
  std::array<char, 65536> buffer{};
  while (const auto size = std::fread(buffer.data(), 1, buffer.size(), pipe.get())) text.append(buffer.data(), size);
  const auto cells_of = [](const std::string& line) {
    std::vector<std::string> cells;
    std::istringstream stream(line);
    for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
    return cells;
  };
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  const auto names = cells_of(line);
  std::vector<CsvRow> rows;
  while (std::getline(lines, line)) {
    const auto cells = cells_of(line);
    CsvRow& row = rows.emplace_back();
    for (std::size_t i = 0; i < std::min(names.size(), cells.size()); ++i) row[names[i]] = cells[i];
  }
  return rows;
}

Shop shop_of(const std::string& path, const std::string& until) {
  const auto day_of = [](const std::string& date) {
    const std::chrono::year_month_day day(std::chrono::year(std::stoi(date.substr(0, 4))),
                                          std::chrono::month(std::stoul(date.substr(5, 2))),
                                          std::chrono::day(std::stoul(date.substr(8, 2))));
    return static_cast<double>(std::chrono::sys_days(day).time_since_epoch().count());
  };
  std::map<std::string, std::map<double, double>> spent;  // by client and day
  for (const CsvRow& row : csv_rows(path)) {
    const std::string& date = row.at("order_date");
    if (date.substr(0, 10) <= until) spent[row.at("customer_id")][day_of(date)] += std::stod(row.at("amount"));
  }
  Shop shop;
  core::Histories histories;
  for (const auto& [client, days] : spent) {
    const double first = days.begin()->first, last = days.rbegin()->first;
    const auto frequency = static_cast<double>(days.size() - 1);
    histories.add({frequency, (last - first) / 7, (day_of(until) - first) / 7});
    double value = 0;
    for (const auto& [day, amount] : days) value += day == first ? 0 : amount;
    if (value > 0) shop.spending.push_back({frequency, value / frequency});
  }
  shop.groups = histories.groups();
  return shop;
}

std::vector<Group> drawn_shop(Model model, const core::Parameters& parameters, int clients, double age) {
  std::mt19937 random(1);
  const auto gamma = [&](double shape, double rate) {
    return std::gamma_distribution<double>(shape, 1 / rate)(random);
  };
  core::Histories histories;
  for (int i = 0; i < clients; ++i) {
    const double rate = gamma(parameters[0], parameters[1]);
    double leaves_at = age, leaving = 0;
    if (model == Model::pareto_nbd) {
      leaves_at = std::exponential_distribution<double>(gamma(parameters[2], parameters[3]))(random);
    } else if (model != Model::nbd) {
      const double x = gamma(parameters[2], 1), y = gamma(parameters[3], 1);
      leaving = x / (x + y);
    }
    const auto leaves = [&] { return std::bernoulli_distribution(leaving)(random); };
    History history{0, 0, age};
    bool alive = model != Model::mbg_nbd || !leaves();
    for (double at = 0; alive;) {
      at += std::exponential_distribution<double>(rate)(random);
      if (at >= std::min(age, leaves_at)) break;
      history = {history.frequency + 1, at, age};
      alive = model == Model::pareto_nbd || !leaves();
    }
    histories.add(history);
  }
  return histories.groups();
}

}  // namespace winback::test
