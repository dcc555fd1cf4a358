package memwall.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PlotTest {
  @Test
  void axesPlaceTheirEnds() {
    for (Axis axis :
        List.of(
            Axis.number(93, 0, 100, 3),
            Axis.percent(0, 100),
            Axis.time(3.6e15, 0, 100, 5),
            Axis.latency(1e9, 5e12, 0, 100, 6),
            Axis.tail(4, 0, 100))) {
      assertThat(axis.at(axis.min())).isCloseTo(0, within(1e-9));
      assertThat(axis.at(axis.max())).isCloseTo(100, within(1e-9));
      assertThat(axis.at(-1)).as("below").isEqualTo(axis.at(axis.min()));
      assertThat(axis.at(Double.MAX_VALUE)).as("above").isEqualTo(axis.at(axis.max()));
      assertThat(axis.ticks()).hasSizeBetween(2, 12);
    }
  }

  @Test
  void ticksAreRound() {
    assertThat(labels(Axis.number(93, 0, 300, 3))).containsExactly("0", "50", "100");
    assertThat(labels(Axis.number(0, 0, 300, 2))).containsExactly("0", "0.5", "1");
    assertThat(labels(Axis.number(45_000, 0, 300, 2))).containsExactly("0", "50k");
    assertThat(labels(Axis.time(3.6e15, 0, 400, 5)))
        .containsExactly("0 min", "15 min", "30 min", "45 min", "60 min");
    assertThat(labels(Axis.time(2e9, 0, 400, 4)))
        .containsExactly("0 ps", "500 µs", "1 ms", "1.5 ms", "2 ms");
    assertThat(labels(Axis.time(86_400e12, 0, 400, 5)))
        .containsExactly("0 h", "6 h", "12 h", "18 h", "24 h");
    assertThat(labels(Axis.time(10 * 86_400e12, 0, 400, 5)))
        .containsExactly("0 d", "2 d", "4 d", "6 d", "8 d", "10 d");
    assertThat(labels(Axis.latency(1e9, 2e14, 0, 400, 6)))
        .containsExactly("1 ms", "10 ms", "100 ms", "1 s", "10 s", "100 s");
    assertThat(labels(Axis.tail(3, 0, 100))).containsExactly("0.1 %", "1 %", "10 %", "100 %");
  }

  @Test
  void aSingleValueStillHasAnAxis() {
    Axis axis = Axis.latency(5e9, 5e9, 0, 400, 6);
    assertThat(axis.min()).isLessThan(5e9);
    assertThat(axis.max()).isGreaterThan(5e9);
    assertThat(axis.at(5e9)).isBetween(100.0, 300.0);
    assertThat(Axis.latency(0, 0, 0, 400, 6).min()).isPositive();
  }

  @Test
  void aLineGoesThroughItsPointsAndBreaksWhereNothingIs() {
    Plot plot =
        new Plot(
            100,
            100,
            new Axis(false, 0, 10, 0, 100, "number", List.of()),
            new Axis(false, 0, 10, 100, 0, "number", List.of()));
    plot.line(
        "l",
        "blue",
        false,
        false,
        new double[] {0, 2, 4, 6, 8},
        new double[] {0, 5, Double.NaN, 10, 2.5});
    assertThat(plot.svg("", "t", "d")).contains("d=\"M0 100L20 50M60 0L80 75\"");
  }

  @Test
  void thinningKeepsEveryPeak() {
    int n = 100_000;
    double[] xs = new double[n];
    double[] ys = new double[n];
    for (int i = 0; i < n; i++) {
      xs[i] = i;
    }
    ys[12_345] = 1;
    ys[77_777] = 0.5;
    Plot plot =
        new Plot(
            400,
            100,
            new Axis(false, 0, n, 0, 400, "number", List.of()),
            new Axis(false, 0, 1, 100, 0, "number", List.of()));
    plot.line("l", "blue", false, false, xs, ys);
    String svg = plot.svg("", "t", "d");
    assertThat(svg.length()).isLessThan(20_000);
    assertThat(svg).contains("L49.4 0L").contains("L311.1 50L");
  }

  @Test
  void labelsAtTheEndsDoNotCoverEachOther() {
    Plot plot =
        new Plot(
            400,
            100,
            new Axis(false, 0, 1, 0, 300, "number", List.of()),
            new Axis(false, 0, 1, 80, 10, "number", List.of()));
    for (double end : new double[] {0, 0.01, 0.02}) {
      plot.line("l", "blue", false, true, new double[] {0, 1}, new double[] {1, end});
    }
    Matcher label =
        Pattern.compile("<text class=\"end blue\" x=\"308\" y=\"([0-9.]+)\"")
            .matcher(plot.svg("", "t", "d"));
    double last = -100;
    int labels = 0;
    while (label.find()) {
      double y = Double.parseDouble(label.group(1));
      assertThat(y - last).isGreaterThanOrEqualTo(14);
      assertThat(y).isBetween(0.0, 80.0);
      last = y;
      labels++;
    }
    assertThat(labels).isEqualTo(3);
  }

  @Test
  void aLabelStandsAtTheLastValueThatThereIs() {
    Plot plot =
        new Plot(
            400,
            100,
            new Axis(false, 0, 2, 0, 300, "number", List.of()),
            new Axis(false, 0, 1, 90, 10, "number", List.of()));
    plot.line("l", "blue", false, true, new double[] {0, 1, 2}, new double[] {0, 0.5, Double.NaN});
    assertThat(plot.svg("", "t", "d"))
        .contains("<text class=\"end blue\" x=\"308\" y=\"54\">l</text>");
  }

  @Test
  void coordinatesHaveOneDigit() {
    assertThat(Plot.coordinate(1.25)).isEqualTo("1.3");
    assertThat(Plot.coordinate(2)).isEqualTo("2");
    assertThat(Plot.coordinate(-0.31)).isEqualTo("-0.3");
    assertThat(Plot.coordinate(-0.01)).isEqualTo("0");
  }

  @Test
  void theVerdictNamesWhatBinds() throws IOException {
    assertThat(verdict("hbm.weights", 30, "hbm.kv", 40, "compute", 20, "idle", 10))
        .startsWith(
            "Memory binds this run. Of the time of an average output token, 77.8 % went to"
                + " memory (hbm.kv alone: 44.4 %) and 22.2 % to arithmetic.");
    assertThat(verdict("compute", 30, "network", 5, "hbm.kv", 5, "idle", 60))
        .startsWith(
            "Arithmetic binds this run. Of the time of an average output token, 75.0 % went to"
                + " arithmetic, ");
    assertThat(verdict("queue", 70, "compute", 20, "pause", 10, "a", 0))
        .startsWith(
            "The queue binds this run: requests wait longer than they are worked on. Of the time of"
                + " an average output token, 70.0 % went to waiting for a place in the batch, 20.0 % to"
                + " arithmetic and 10.0 % to waiting for the recorded time.");
    assertThat(verdict("compute", 30, "network", 35, "hbm.kv", 35, "idle", 0))
        .startsWith("No single resource binds this run.");
    assertThat(verdict("staging_stall", 60, "compute", 40, "idle", 0, "network", 0))
        .startsWith("Staging stalls bind this run: weights arrive too late to hide flash.");
    assertThat(verdict("idle", 60, "compute", 0, "a", 0, "b", 0)).startsWith("No work was done.");
  }

  private static String verdict(Object... parts) throws IOException {
    StringBuilder json = new StringBuilder("{\"time\":{\"total_ps\":");
    int total = 0;
    StringBuilder list = new StringBuilder();
    for (int i = 0; i < parts.length; i += 2) {
      total += (Integer) parts[i + 1];
      list.append(i == 0 ? "" : ",").append("{\"key\":\"").append(parts[i]);
      list.append("\",\"label\":\"").append(parts[i]).append("\",\"ps\":").append(parts[i + 1]);
      list.append('}');
    }
    json.append(total).append(",\"parts\":[").append(list).append("]}}");
    JsonNode node = new ObjectMapper().readTree(json.toString());
    return String.join(" ", Verdict.sentences(node));
  }

  private static List<String> labels(Axis axis) {
    return axis.ticks().stream().map(Axis.Tick::label).toList();
  }
}
