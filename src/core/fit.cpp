// See fit.hpp.
#include "core/fit.hpp"

#include <algorithm>
#include <cmath>

#include "core/likelihood.hpp"
#include "core/maximum.hpp"

namespace winback::core {

namespace {

constexpr std::array<std::string_view, 3> kStatusNames = {"converged", "not_identified", "failed"};
constexpr Bounds kBounds{-11.5, 11.5};  // of logarithms: parameters from 1e-5 to 1e5
constexpr double kConverged = 1e-6;     // at most so far below the top
constexpr double kVague = 2;            // standard error of a logarithm from which on a parameter is not known
constexpr int kSample = 10'000;         // groups of very many that are climbed first
constexpr std::size_t kMany = 4 * kSample;
constexpr double kChiSquare = 3.841459;  // 95 % of it at one degree of freedom

// The log-likelihood by parameters, with its gradient.
using Likelihood = std::function<double(const Parameters&, Parameters& gradient)>;

Parameters parameters_at(const Point& logarithms) {
  Parameters parameters{};
  std::ranges::transform(logarithms, parameters.begin(), [](double logarithm) { return std::exp(logarithm); });
  return parameters;
}

// A likelihood by the logarithms of the parameters.
Climbed by_logarithms(Likelihood likelihood, Interruption check) {
  return [likelihood = std::move(likelihood), check](const Point& at, Point& gradient) {
    check();
    const Parameters parameters = parameters_at(at);
    Parameters slope{};
    const double value = likelihood(parameters, slope);
    for (std::size_t i = 0; i < at.size(); ++i) gradient[i] = parameters[i] * slope[i];
    return value;
  };
}

// Why the data do not tell every parameter; empty: they do.
std::string left_open(Model model, const Maximum& top) {
  const auto names = parameter_names(model);
  std::string open = "the data do not tell";
  bool any = false;
  for (std::size_t i = 0; i < top.at.size(); ++i) {
    const bool at_end = std::abs(top.at[i]) > kBounds.upper - 0.01;
    const bool vague = top.below_top && std::sqrt(top.covariance[i][i]) > kVague;
    if (!at_end && !vague) continue;
    open.append(any ? ", " : " ").append(names[i]);
    any = true;
  }
  if (any) return open;
  if (!top.below_top) return "the likelihood is flat: the data do not tell the parameters apart";
  return {};
}

// The fit that a maximum comes to. `unit`: the time or value in which it was searched; `in_unit`: what is to be added
// to its log-likelihood for that.
Fit concluded(Model model, const std::optional<Maximum>& top, double unit, double in_unit) {
  Fit fit;
  fit.why = "the likelihood has no finite value";
  if (!top) return fit;
  fit.parameters = parameters_at(top->at);
  fit.log_likelihood = top->value + in_unit;
  fit.gradient_norm = top->gradient_norm;
  const auto names = parameter_names(model);
  for (std::size_t i = 0; i < names.size(); ++i)
    if (is_scale(names[i])) fit.parameters[i] *= unit;
  if (top->below_top) {
    fit.standard_errors.emplace();
    for (std::size_t i = 0; i < names.size(); ++i)
      (*fit.standard_errors)[i] = fit.parameters[i] * std::sqrt(top->covariance[i][i]);
  }
  fit.why = left_open(model, *top);
  if (!fit.why.empty())
    fit.status = FitStatus::not_identified;
  else if (*top->below_top <= kConverged)
    fit.status = FitStatus::converged;
  else
    fit.why = "the search ended " + std::to_string(*top->below_top) + " below the top of the log-likelihood";
  return fit;
}

// Every so-many-th group; those of all frequencies, recencies and ages come alike, for the groups are in their order.
std::vector<Group> sample_of(const std::vector<Group>& groups) {
  std::vector<Group> sample;
  const double step = static_cast<double>(groups.size()) / kSample;
  for (int i = 0; i < kSample; ++i) sample.push_back(groups[static_cast<std::size_t>((i + 0.5) * step)]);
  return sample;
}

// The greatest likelihood of clients. Of very many groups a sample is climbed first, for from its top those of all are
// a few of Newton's steps away. Where these do not end at a top that is as clear as can be, the whole search is made.
class Search {
 public:
  Search(const std::vector<Group>& groups, Interruption check) : all_(groups), check_(check) {
    if (groups.size() <= kMany) return;
    const std::vector<Group> sample = sample_of(groups);
    sample_.emplace(sample);
    share_ = count(sample).clients / count(groups).clients;
  }

  std::optional<Maximum> greatest(Model model, const std::vector<Point>& starts) const {
    if (sample_) {
      const auto near = maximum(likelihood(model, *sample_), starts, kBounds);
      if (near && near->below_top) {
        std::vector<Point> covariance = near->covariance;
        for (Point& row : covariance)
          for (double& value : row) value *= share_;
        Maximum top = maximum_near(likelihood(model, all_), near->at, covariance, kBounds);
        if (top.below_top && *top.below_top <= kConverged && left_open(model, top).empty()) return top;
      }
    }
    return maximum(likelihood(model, all_), starts, kBounds);
  }

 private:
  Climbed likelihood(Model model, const GroupTable& groups) const {
    return by_logarithms([&groups, model](const Parameters& parameters, Parameters& gradient) {
      return log_likelihood(model, parameters, groups, &gradient);
    }, check_);
  }

  GroupTable all_;
  std::optional<GroupTable> sample_;
  double share_ = 1;  // of the clients that are in the sample
  Interruption check_;
};

// Where to begin with what tells who leaves.
std::vector<Point> starts_of(Model model, const Point& pace) {
  std::vector<Point> starts;
  const auto add = [&](double one, double other) {
    starts.push_back({pace[0], pace[1], std::log(one), std::log(other)});
  };
  if (model == Model::pareto_nbd) {
    for (const auto& [s, beta] : {std::pair(0.6, 0.4), {1.5, 3.0}, {0.2, 0.2}}) add(s, beta);
  } else {
    for (const auto& [a, b] : {std::pair(1.0, 2.0), {0.3, 3.0}, {2.0, 20.0}}) add(a, b);
  }
  return starts;
}

}  // namespace

std::string_view name_of(FitStatus status) { return kStatusNames[static_cast<std::size_t>(status)]; }

Fit fit(Model model, std::vector<Group> groups, Interruption check) {
  double clients = 0, ages = 0, orders = 0;
  for (const auto& [history, number] : groups) {
    clients += number;
    ages += number * history.age;
    orders += number * history.frequency;
  }
  const double unit = ages > 0 ? ages / clients : 1;
  for (auto& [history, number] : groups) history.recency /= unit, history.age /= unit;
  const Search search(groups, check);
  const auto nobody_leaves = search.greatest(Model::nbd, {{0, 0}, {-1, -1}});
  if (!nobody_leaves) return concluded(model, nobody_leaves, unit, 0);
  const auto top = search.greatest(model, starts_of(model, nobody_leaves->at));
  Fit fit = concluded(model, top, unit, -orders * std::log(unit));
  if (top && 2 * (top->value - nobody_leaves->value) < kChiSquare) {
    fit.status = FitStatus::not_identified;
    fit.why = "the data do not tell who leaves: a model in which nobody does explains them as well";
  }
  return fit;
}

Fit fit(std::vector<Spending> clients, Interruption check) {
  std::ranges::sort(clients, {}, &Spending::frequency);
  double values = 0;
  for (const Spending& client : clients) values += client.mean_value;
  const double unit = values / static_cast<double>(clients.size());
  for (Spending& client : clients) client.mean_value /= unit;
  const Likelihood likelihood = [&](const Parameters& parameters, Parameters& gradient) {
    return log_likelihood(parameters, clients, &gradient);
  };
  const auto top = maximum(by_logarithms(likelihood, check), {{1, 1, 0}, {0, 1, 1}, {2, 2, 0}}, kBounds);
  return concluded(Model::gamma_gamma, top, unit, -static_cast<double>(clients.size()) * std::log(unit));
}

}  // namespace winback::core
