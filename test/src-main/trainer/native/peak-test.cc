// The measurement itself; what it finds is the machine's affair.
#include "harness.h"

namespace fame::test {
namespace {

const Test measures("the peak of every unit is measured", [] {
  const Outcome outcome = run({"FamePeak", {{"seconds", 0.01f}}, {}, {TF_FLOAT}});
  check(outcome.error.empty(), outcome.error);
  const float* rates = outcome.outputs[0].floats();
  for (const int i : {0, 1, 4}) check(rates[i] > 0, "a rate is positive");
  check((rates[2] > 0) == (rates[3] > 0), "one core has the units that all have");
  check_fails({"FamePeak", {{"seconds", 0.f}}, {}, {TF_FLOAT}}, "no time at all");
});

}  // namespace
}  // namespace fame::test
