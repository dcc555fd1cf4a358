package memwall.memory.flash.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Percentage.withPercentage;

import java.util.List;
import memwall.memory.flash.FlashTable;
import memwall.memory.flash.FlashTable.Row;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The reads of MQSim: idle latencies of a page within a nanosecond, sequential rows within 0.1 %,
 * means of closed loops within 2 %, of Poisson arrivals within 5 % with their 99th percentiles
 * within 10 %. Its random addresses and arrivals are not known, so random rows differ by chance as
 * well.
 */
class MqsimRowsTest {
  static List<Row> reads() {
    return FlashTable.rows("mqsim_reads", 28);
  }

  static List<Row> hbfLike() {
    return FlashTable.rows("mqsim_hbf_like", 28);
  }

  @ParameterizedTest
  @MethodSource("reads")
  void smallDevice(Row row) {
    boolean isSequential = row.text("group").equals("S1_sequential");
    HostLoop host =
        new HostLoop(
            MqsimDevices.small(), row.whole("req_bytes"), row.whole("requests"), isSequential);
    if (row.has("qd")) {
      host.runClosed(row.whole("qd"));
      checkClosed(row, host, isSequential || row.whole("qd") == 1);
    } else {
      host.runPoisson(row.number("offered_iops"));
      assertThat(host.meanUs()).isCloseTo(row.number("read_mean_us"), withPercentage(5));
      assertThat(host.quantileUs(0.99)).isCloseTo(row.number("read_p99_us"), withPercentage(10));
      assertThat(host.quantileUs(0)).isCloseTo(row.number("read_min_us"), withPercentage(0.001));
    }
    host.checkLaws();
  }

  @ParameterizedTest
  @MethodSource("hbfLike")
  void hbfLikeDevice(Row row) {
    boolean isStock = row.text("group").equals("Hstock");
    boolean isSequential = row.text("seq").equals("1");
    HostLoop host =
        new HostLoop(
            MqsimDevices.hbfLike(row.whole("banks") / 16, isStock ? 290_000 : 1_000),
            row.whole("req_bytes"),
            row.whole("requests"),
            isSequential);
    host.runClosed(row.whole("qd"));
    checkClosed(row, host, isSequential || row.whole("qd") == 1);
    host.checkLaws();
  }

  private static void checkClosed(Row row, HostLoop host, boolean isCertain) {
    if (row.whole("qd") == 1 && host.isOnePageEach()) {
      assertThat(host.meanUs()).isCloseTo(row.number("read_mean_us"), within(0.001));
      assertThat(host.quantileUs(1)).isCloseTo(row.number("read_max_us"), within(0.001));
    }
    assertThat(host.meanUs())
        .isCloseTo(row.number("read_mean_us"), withPercentage(isCertain ? 0.1 : 2));
    assertThat(host.requestsPerSec())
        .isCloseTo(row.number("iops"), withPercentage(isCertain ? 0.1 : 2));
  }
}
