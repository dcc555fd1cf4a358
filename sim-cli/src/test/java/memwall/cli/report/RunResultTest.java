package memwall.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class RunResultTest {
  private static final RunResult.Part HALF = new RunResult.Part("a", "A", 50, "half");

  @Test
  void partsMustSumToTheTotalToThePicosecond() {
    assertThatCode(() -> new RunResult.Attribution("all", 100, List.of(HALF, HALF)))
        .doesNotThrowAnyException();
    refused(
        () -> new RunResult.Attribution("all", 101, List.of(HALF, HALF)),
        "the parts of the time sum to 100 ps, the total is 101 ps");
    refused(
        () -> new RunResult.Attribution("all", 99, List.of(HALF, HALF)),
        "the parts of the time sum to 100 ps, the total is 99 ps");
  }

  @Test
  void sumsThatExceedALongAreRefused() {
    RunResult.Part most = new RunResult.Part("a", "A", Long.MAX_VALUE, "most");
    assertThatThrownBy(() -> new RunResult.Attribution("all", -2, List.of(most, most)))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void nothingIsNegative() {
    refused(() -> new RunResult.Part("a", "A", -1, ""), "part 'a' must be 0 or more: -1");
    refused(() -> new RunResult.Refusal("r", -1), "refused requests must be 0 or more: -1");
    refused(
        () -> new RunResult.Requests(-1, 0, List.of(), 0, 0),
        "arrived requests must be 0 or more: -1");
    refused(
        () -> new RunResult.Requests(0, -1, List.of(), 0, 0),
        "completed requests must be 0 or more: -1");
    refused(
        () -> new RunResult.Requests(0, 0, List.of(), -1, 0),
        "running requests must be 0 or more: -1");
    refused(
        () -> new RunResult.Requests(0, 0, List.of(), 0, -1),
        "waiting requests must be 0 or more: -1");
    refused(() -> new RunResult.Tokens(-1, 0), "prompt tokens must be 0 or more: -1");
    refused(() -> new RunResult.Tokens(0, -1), "output tokens must be 0 or more: -1");
    refused(
        () -> new FlashLife.Written("age", "refresh", -1),
        "bytes written for 'age' must be 0 or more: -1");
    refused(
        () -> new RunResult.Utilisation("hbm", 0, -1, "bytes", ""),
        "amount of 'hbm' must be 0 or more: -1");
    refused(() -> tier(-1, 0, 0, 0, 0, 0), "capacity of 'HBM' must be 0 or more: -1");
    refused(() -> tier(0, -1, 0, 0, 0, 0), "weights in 'HBM' must be 0 or more: -1");
    refused(() -> tier(0, 0, -1, 0, 0, 0), "KV peak in 'HBM' must be 0 or more: -1");
    refused(() -> tier(0, 0, 0, -1, 0, 0), "KV mean in 'HBM' must be 0 or more: -1");
    refused(() -> tier(0, 0, 0, 0, -1, 0), "activations in 'HBM' must be 0 or more: -1");
    refused(() -> tier(0, 0, 0, 0, 0, -1), "free bytes of 'HBM' must be 0 or more: -1");
    refused(() -> identity(-1, 0), "simulated time must be 0 or more: -1");
    refused(() -> identity(0, -1), "events fired must be 0 or more: -1");
    refused(
        () -> new RunResult.Approximated(-1, 0, 0, 0),
        "approximated transfers must be 0 or more: -1");
    refused(
        () -> new RunResult.Approximated(0, 0, -1, 0), "approximated bytes must be 0 or more: -1");
  }

  @Test
  void sharesLieBetweenZeroAndOne() {
    for (double share : new double[] {-0.01, 1.01, Double.NaN}) {
      refused(
          () -> new RunResult.Utilisation("hbm", share, 0, "bytes", ""),
          "busy share of 'hbm' must be between 0 and 1: " + share);
    }
    assertThat(new RunResult.Utilisation("hbm", 1, 0, "bytes", "").busyShare()).isEqualTo(1);
  }

  @Test
  void energyIsFinite() {
    for (double joules : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      refused(
          () -> new RunResult.EnergyPart("hbm", joules),
          "energy of 'hbm' must be finite and 0 or more: " + joules + " J");
    }
    assertThat(
            new RunResult.Energy(
                    List.of(new RunResult.EnergyPart("a", 1), new RunResult.EnergyPart("b", 2)), 0)
                .totalJoules())
        .isEqualTo(3);
  }

  @Test
  void noMoreIsApproximatedThanThereIs() {
    refused(
        () -> new RunResult.Approximated(2, 1, 5, 9),
        "more approximated than there is: 2 of 1 transfers, 5 of 9 bytes");
    refused(
        () -> new RunResult.Approximated(1, 1, 10, 9),
        "more approximated than there is: 1 of 1 transfers, 10 of 9 bytes");
    assertThat(new RunResult.Approximated(1, 4, 1, 2).transferShare()).isEqualTo(0.25);
    assertThat(new RunResult.Approximated(1, 4, 1, 2).byteShare()).isEqualTo(0.5);
    assertThat(new RunResult.Approximated(0, 0, 0, 0).byteShare()).isZero();
  }

  @Test
  void windowsFollowEachOther() {
    assertThatCode(() -> series(window(0, 10, 1), window(10, 10, 1))).doesNotThrowAnyException();
    refused(() -> series(window(0, 10, 1), window(9, 10, 1)), "window at 9 ps begins before 10 ps");
    refused(() -> series(window(0, 10, 2)), "window at 0 ps has 2 busy shares for 1 resources");
    refused(() -> window(0, 0, 1), "a window must last 1 ps or more: 0 ps");
    refused(() -> window(-1, 1, 1), "begin of a window must be 0 or more: -1");
  }

  @Test
  void lawsKnowWhetherTheyHold() {
    assertThat(RunResult.Law.equal("a", 1, 1).holds()).isTrue();
    assertThat(RunResult.Law.equal("a", 1, 2).holds()).isFalse();
    assertThat(RunResult.Law.atMost("a", 2, 2).holds()).isTrue();
    assertThat(RunResult.Law.atMost("a", 3, 2).holds()).isFalse();
  }

  @Test
  void refusalsAreSummed() {
    List<RunResult.Refusal> refusals = new ArrayList<>();
    refusals.add(new RunResult.Refusal("a", 2));
    refusals.add(new RunResult.Refusal("b", 3));
    RunResult.Requests requests = new RunResult.Requests(5, 0, refusals, 0, 0);
    refusals.clear();
    assertThat(requests.refused()).isEqualTo(5);
  }

  private static RunResult.Identity identity(long simulatedPs, long events) {
    return new RunResult.Identity(
        "a", "fast", 1, RunResult.Status.COMPLETED, 0, simulatedPs, events);
  }

  private static RunResult.MemoryTier tier(
      long capacity, long weights, long peak, long mean, long activations, long free) {
    return new RunResult.MemoryTier(
        "HBM", "per chip", capacity, weights, peak, mean, activations, free);
  }

  private static RunResult.Series series(RunResult.Window... windows) {
    return new RunResult.Series(List.of("hbm"), List.of(windows));
  }

  private static RunResult.Window window(long startPs, long lengthPs, int shares) {
    List<Double> busy = new ArrayList<>();
    for (int i = 0; i < shares; i++) {
      busy.add(0.5);
    }
    return new RunResult.Window(startPs, lengthPs, 0, 0, 0, 0, 0, 0, 0, busy, null, null);
  }

  private static void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }
}
