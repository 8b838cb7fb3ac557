// Amounts between text and picture: decimal text in, decimal text out.
#pragma once

#include <string>

namespace winback::picture {

// A number of a decimal text; 0 where it is none.
double number_of(const std::string& text);
// How many digits follow the point, 6 at most.
int decimals_of(const std::string& text);
// A number with so many decimals, and a comma before every third digit.
std::string amount_text(double value, int decimals);

}  // namespace winback::picture
