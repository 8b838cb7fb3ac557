// See style.hpp.
#include "picture/style.hpp"

namespace winback::picture {

// Lightness alone tells the statuses apart, from prospect, the lightest, to written_off; lost and active, which are
// about as dark, are told apart by stripes. Every rule is below .winback, for a picture may stand in a page of others.
std::string style_sheet() {
  return R"(
.winback{font-family:system-ui,-apple-system,"Segoe UI","DejaVu Sans",Arial,sans-serif;font-size:12px;fill:#1f2328}
.winback .paper{fill:#fff}
.winback .head{font-size:18px;font-weight:600}
.winback .soft,.winback .axis text{fill:#59636e}
.winback .small,.winback .axis text{font-size:11px}
.winback .grid{stroke:#e4e8ec;stroke-width:1}
.winback .line{stroke:#8b949e;stroke-width:1}
.winback .clock{stroke:#1f2328;stroke-width:1;stroke-dasharray:3 3}
.winback .to-come{fill:#8b949e;fill-opacity:.1}
.winback .expected{opacity:.45}
.winback .prospect{fill:#d5dae0}
.winback .active{fill:#2f6db3}
.winback .at_risk{fill:#f0c04a}
.winback .lost{fill:#b03a55}
.winback .written_off{fill:#4a5159}
.winback .stripe{stroke:#fff;stroke-opacity:.28;stroke-width:2.5}
.winback .on{font-size:11px;font-weight:600;text-anchor:middle;pointer-events:none}
.winback .on-active,.winback .on-lost,.winback .on-written_off,.winback .on-bad,.winback .on-good,
.winback .on-low,.winback .on-reached,.winback .on-plain,.winback .on-done{fill:#fff}
.winback .on-at_risk,.winback .on-open{fill:#1f2328}
.winback .tiny{font-size:9.5px}
.winback .tinier{font-size:8.5px}
.winback .bar{fill:#2f6db3}
.winback .bar.back{fill:#fff;stroke:#b03a55;stroke-width:1.3}
.winback .dot{stroke-width:1.5}
.winback .dot.plain{fill:#59636e;stroke:#59636e}
.winback .dot.good,.winback .dot.reached{fill:#2f6db3;stroke:#2f6db3}
.winback .dot.bad,.winback .dot.low{fill:#b03a55;stroke:#b03a55}
.winback .dot.hollow{fill:#fff;stroke:#59636e}
.winback .dot.ahead{fill:#fff;stroke:#59636e;stroke-dasharray:2.5 2}
.winback .several{fill:#eef1f4;stroke:#59636e;stroke-width:1.2}
.winback .span{stroke-width:1.3}
.winback .span.done{fill:#1d7a6c;stroke:#1d7a6c}
.winback .span.cancelled{fill:#fff;stroke:#8b949e}
.winback .span.open{fill:#f0c04a;stroke:#8a6400}
@media (prefers-color-scheme:dark){
.winback{fill:#e6edf3}
.winback .paper{fill:#12161c}
.winback .soft,.winback .axis text{fill:#9aa5b1}
.winback .grid{stroke:#262d36}
.winback .line{stroke:#6b7682}
.winback .clock{stroke:#e6edf3}
.winback .prospect{fill:#59626d}
.winback .active{fill:#4c8fdd}
.winback .on-active,.winback .on-good,.winback .on-reached,.winback .on-plain,.winback .on-done{fill:#0b1016}
.winback .lost{fill:#c8506c}
.winback .written_off{fill:#2e353d}
.winback .bar{fill:#4c8fdd}
.winback .bar.back{fill:#12161c;stroke:#e0768f}
.winback .dot.plain{fill:#9aa5b1;stroke:#9aa5b1}
.winback .dot.good,.winback .dot.reached{fill:#4c8fdd;stroke:#4c8fdd}
.winback .dot.bad,.winback .dot.low{fill:#c8506c;stroke:#c8506c}
.winback .dot.hollow,.winback .dot.ahead{fill:#12161c;stroke:#9aa5b1}
.winback .several{fill:#262d36;stroke:#9aa5b1}
.winback .span.done{fill:#2f9a89;stroke:#2f9a89}
.winback .span.cancelled{fill:#12161c;stroke:#6b7682}
.winback .span.open{fill:#f0c04a;stroke:#f0c04a}
})";
}

std::string stripes(std::string_view id) {
  return "<defs><pattern id=\"" + std::string(id) +
         "\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
         "<rect width=\"8\" height=\"8\" class=\"lost\"/><path d=\"M2 0V8\" class=\"stripe\"/></pattern></defs>\n";
}

const std::vector<LegendEntry>& legend_entries() {
  static const std::vector<LegendEntry> entries = {{"band", "prospect", "prospect"},
                                                   {"band", "active", "active"},
                                                   {"band", "at_risk", "at risk"},
                                                   {"band", "lost", "lost"},
                                                   {"band", "written_off", "written off"},
                                                   {"bar", "plain", "purchase"},
                                                   {"bar", "back", "return"},
                                                   {"dot", "plain", "offer, cause, answer, other event"},
                                                   {"dot", "bad", "complaint, conflict"},
                                                   {"dot", "good", "good score"},
                                                   {"dot", "low", "bad score"},
                                                   {"dot", "reached", "reached"},
                                                   {"dot", "hollow", "not reached"},
                                                   {"dot", "ahead", "to come"},
                                                   {"span", "open", "open"},
                                                   {"span", "done", "done"},
                                                   {"span", "cancelled", "cancelled"},
                                                   {"several", "several", "several at one time"}};
  return entries;
}

}  // namespace winback::picture
