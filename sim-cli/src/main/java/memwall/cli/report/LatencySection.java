package memwall.cli.report;

import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/** How long requests waited: distributions, their tails, a table of percentiles. */
final class LatencySection {
  private static final int WIDTH = 420;
  private static final int HEIGHT = 250;
  private static final int MOST_DECADES = 6;
  private static final double[] ALL_PERCENTILES = {
    0, 1, 5, 10, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 100
  };

  private static final List<Kind> KINDS =
      List.of(
          new Kind("ttft", "Time to first token", "TTFT", "blue", "Arrival to first token."),
          new Kind(
              "tpot",
              "Time per output token",
              "TPOT",
              "green",
              "Mean gap between the tokens of a request."),
          new Kind(
              "token_gap",
              "Gap between tokens",
              "token gap",
              "orange",
              "Each single gap between two tokens of a request."),
          new Kind("e2e", "End to end", "end to end", "pink", "Arrival to last token."));

  private static final Kind QUEUE =
      new Kind("queue", "Queueing", "queueing", "red", "Arrival to admission.");

  private record Kind(String key, String title, String word, String colour, String sentence) {}

  /** Values in order and the share of all that is at or below each. */
  private static final class Curve {
    final double[] values;
    final double[] shares;

    Curve(double[] values, double[] shares) {
      this.values = values;
      this.shares = shares;
    }
  }

  private final Html html;
  private final RunFiles files;

  LatencySection(Html html, RunFiles files) {
    this.html = html;
    this.files = files;
  }

  void write() {
    html.raw("<section aria-labelledby=\"latency\">\n<h2 id=\"latency\">Latency</h2>\n");
    html.raw("<p>Each curve says which share of the requests (or gaps) took no longer than a ");
    html.raw("time; the time axis is logarithmic.</p>\n<div class=\"grid two\">\n");
    for (Kind kind : KINDS) {
      cumulative(kind, files.latency(kind.key()));
    }
    html.raw("</div>\n");
    tails();
    percentiles();
    html.raw("</section>\n");
  }

  private void cumulative(Kind kind, Histogram histogram) {
    String titleId = html.id();
    String descriptionId = html.id();
    html.raw("<figure>\n<figcaption>").element("h3 id=\"" + titleId + "\"", kind.title());
    html.raw("<p id=\"" + descriptionId + "\">").text(kind.sentence()).raw(" ");
    if (histogram.getTotalCount() == 0) {
      html.raw("Nothing was recorded.</p></figcaption>\n</figure>\n");
      return;
    }
    html.text("Longest: " + percentile(histogram, 100) + ".");
    html.raw("</p></figcaption>\n");
    Curve curve = curve(histogram);
    double low = histogram.getValueAtPercentile(0.1);
    double high = histogram.getMaxValue();
    Axis x = Axis.latency(low, high, Plot.LEFT, WIDTH - 12.0, 6);
    Axis y = Axis.percent(HEIGHT - (double) Plot.BOTTOM, Plot.TOP);
    Plot plot = new Plot(WIDTH, HEIGHT, x, y);
    plot.line(kind.title(), kind.colour(), true, false, curve.values, curve.shares);
    for (int percent : new int[] {50, 90, 99}) {
      double value = histogram.getValueAtPercentile(percent);
      plot.mark(
          value, percent / 100.0, "p" + percent + "  " + Figures.duration(value), kind.colour());
    }
    html.raw(plot.svg("", titleId, descriptionId)).raw("\n</figure>\n");
  }

  /** Share of values above each time, both axes logarithmic: the tail that a CDF hides. */
  private void tails() {
    double low = Double.MAX_VALUE;
    double high = 0;
    double rarest = 1;
    for (Kind kind : KINDS) {
      Histogram histogram = files.latency(kind.key());
      if (histogram.getTotalCount() > 0) {
        low = Math.min(low, (double) histogram.getValueAtPercentile(5));
        high = Math.max(high, (double) histogram.getMaxValue());
        rarest = Math.min(rarest, 1.0 / histogram.getTotalCount());
      }
    }
    if (high == 0) {
      return;
    }
    int decades =
        (int) Math.min(MOST_DECADES, Math.max(1, Math.ceil(-StrictMath.log10(rarest) - 1e-9)));
    String titleId = html.id();
    String descriptionId = html.id();
    html.raw("<figure>\n<figcaption>").element("h3 id=\"" + titleId + "\"", "The tails");
    html.raw("<p id=\"" + descriptionId + "\">Share of requests (or gaps) that took longer ");
    html.raw("than a time; both axes are logarithmic. A curve that falls steeply has no tail.");
    html.raw("</p>");
    html.raw("<p class=\"legend\" aria-hidden=\"true\">");
    for (Kind kind : KINDS) {
      html.raw("<span class=\"" + kind.colour() + "\">").text(kind.word()).raw("</span> ");
    }
    html.raw("</p></figcaption>\n");
    for (boolean wide : new boolean[] {true, false}) {
      int width = wide ? 1080 : WIDTH;
      int height = wide ? 330 : 280;
      Axis x =
          Axis.latency(low, high, Plot.LEFT + 16.0, width - (wide ? 90.0 : 12.0), wide ? 10 : 5);
      Axis y = Axis.tail(decades, height - (double) Plot.BOTTOM, Plot.TOP);
      Plot plot = new Plot(width, height, x, y);
      for (Kind kind : KINDS) {
        Histogram histogram = files.latency(kind.key());
        if (histogram.getTotalCount() > 0) {
          Curve curve = above(curve(histogram), y.min());
          plot.line(kind.word(), kind.colour(), false, wide, curve.values, curve.shares);
        }
      }
      html.raw(plot.svg(wide ? "wide" : "narrow", titleId, descriptionId)).raw("\n");
    }
    html.raw("</figure>\n");
  }

  private void percentiles() {
    html.tableStart(
        "plain",
        "Latencies",
        "",
        ">mean",
        ">p50",
        ">p90",
        ">p95",
        ">p99",
        ">p99.9",
        ">longest",
        ">count");
    for (Kind kind : KINDS) {
      row(kind);
    }
    row(QUEUE);
    html.tableEnd();
    html.raw("<details><summary>Percentiles as a table</summary>\n");
    html.tableStart(
        "plain",
        "Share of requests that took no longer than",
        "percentile",
        ">TTFT",
        ">TPOT",
        ">token gap",
        ">end to end",
        ">queueing");
    for (double percent : ALL_PERCENTILES) {
      html.raw("<tr>").element("th scope=\"row\"", Axis.trim(CsvFiles.number(percent)) + " %");
      for (Kind kind : KINDS) {
        html.figure(percentile(files.latency(kind.key()), percent));
      }
      html.figure(percentile(files.latency(QUEUE.key()), percent)).raw("</tr>\n");
    }
    html.tableEnd().raw("</details>\n");
  }

  private void row(Kind kind) {
    Histogram histogram = files.latency(kind.key());
    html.raw("<tr>").element("th scope=\"row\"", kind.title());
    html.figure(
        histogram.getTotalCount() == 0 ? Figures.NONE : Figures.duration(histogram.getMean()));
    for (double percent : new double[] {50, 90, 95, 99, 99.9, 100}) {
      html.figure(percentile(histogram, percent));
    }
    html.figure(Figures.count(histogram.getTotalCount())).raw("</tr>\n");
  }

  private static String percentile(Histogram histogram, double percent) {
    return histogram.getTotalCount() == 0
        ? Figures.NONE
        : Figures.duration(histogram.getValueAtPercentile(percent));
  }

  private static Curve curve(Histogram histogram) {
    int size = 1;
    for (HistogramIterationValue value : histogram.recordedValues()) {
      size += value.getCountAddedInThisIterationStep() > 0 ? 1 : 0;
    }
    double[] values = new double[size];
    double[] shares = new double[size];
    double total = histogram.getTotalCount();
    values[0] = histogram.getMinValue();
    int i = 1;
    for (HistogramIterationValue value : histogram.recordedValues()) {
      values[i] = value.getValueIteratedTo();
      shares[i++] = value.getTotalCountToThisValue() / total;
    }
    return new Curve(values, shares);
  }

  /** The shares above each value, down to the least share that the axis shows. */
  private static Curve above(Curve curve, double least) {
    int size = 0;
    while (size < curve.shares.length && 1 - curve.shares[size] >= least * (1 - 1e-9)) {
      size++;
    }
    double[] values = new double[size];
    double[] shares = new double[size];
    for (int i = 0; i < size; i++) {
      values[i] = curve.values[i];
      shares[i] = 1 - curve.shares[i];
    }
    return new Curve(values, shares);
  }
}
