package memwall.cli.report;

import java.util.ArrayList;
import java.util.List;

/** The run over time: small plots that share one time axis. */
final class TimelineSection {
  private static final int WIDE = 1080;
  private static final int NARROW = 420;
  private static final int ROWS = 48;
  private static final List<String> COLOURS =
      List.of("blue", "orange", "green", "pink", "red", "sky");
  private static final double PS_PER_SECOND = 1e12;

  private static final class Line {
    final String name;
    final String colour;
    final double[] ys;

    Line(String name, String colour, double[] ys) {
      this.name = name;
      this.colour = colour;
      this.ys = ys;
    }
  }

  private enum Scale {
    NUMBER,
    PERCENT,
    LATENCY
  }

  private final Html html;
  private final RunFiles files;
  private final double[] starts;
  private final double[] lengths;
  private final double[] middles;

  TimelineSection(Html html, RunFiles files) {
    this.html = html;
    this.files = files;
    this.starts = files.column("start_ps");
    this.lengths = files.column("length_ps");
    this.middles = new double[starts.length];
    for (int i = 0; i < starts.length; i++) {
      middles[i] = starts[i] + lengths[i] / 2;
    }
  }

  void write() {
    html.raw("<section aria-labelledby=\"timeline\">\n<h2 id=\"timeline\">Over time</h2>\n");
    if (starts.length == 0) {
      html.raw("<p>No time passed.</p></section>\n");
      return;
    }
    html.raw("<p>Means over windows of ").text(Axis.trim(Figures.duration(lengths[0])));
    html.raw(" of simulated time.</p>\n");
    double[] batch = files.column("mean_batch");
    double[] waiting = files.column("mean_waiting");
    plot("Batch", "Running requests.", Scale.NUMBER, List.of(new Line("running", "blue", batch)));
    plot("Queue", "Waiting requests.", Scale.NUMBER, List.of(new Line("waiting", "red", waiting)));
    plot(
        "Output tokens per second",
        "Tokens produced.",
        Scale.NUMBER,
        List.of(new Line("tokens/s", "green", rate(files.column("output_tokens")))));
    plot(
        "Key/value memory",
        "Share of the capacity for keys and values in use.",
        Scale.PERCENT,
        List.of(new Line("KV in use", "pink", files.column("kv_share"))));
    plot(
        "Time to first token",
        "Median and 99th percentile of the first tokens in each window, logarithmic.",
        Scale.LATENCY,
        List.of(
            new Line("p99", "orange", files.column("ttft_p99_ps")),
            new Line("p50", "blue", files.column("ttft_p50_ps"))));
    busy();
    table();
    html.raw("</section>\n");
  }

  private void busy() {
    List<Line> lines = new ArrayList<>();
    List<String> used = new ArrayList<>();
    for (String name : files.seriesNames()) {
      if (name.startsWith(CsvFiles.BUSY)) {
        String resource = name.substring(CsvFiles.BUSY.length());
        String colour = MachineSection.colour(resource);
        for (int i = 0; used.contains(colour) && i < COLOURS.size(); i++) {
          colour = COLOURS.get(i);
        }
        used.add(colour);
        lines.add(new Line(resource, colour, files.column(name)));
      }
    }
    if (!lines.isEmpty()) {
      plot("Resources in use", "Share of the time each was busy.", Scale.PERCENT, lines);
    }
  }

  private void plot(String title, String sentence, Scale scale, List<Line> lines) {
    double most = 0;
    double least = Double.MAX_VALUE;
    for (Line line : lines) {
      for (double value : line.ys) {
        most = Math.max(most, Double.isNaN(value) ? 0 : value);
        least = Math.min(least, Double.isNaN(value) ? least : value);
      }
    }
    String titleId = html.id();
    String descriptionId = html.id();
    html.raw("<figure class=\"strip\">\n<figcaption>");
    html.element("h3 id=\"" + titleId + "\"", title);
    html.raw("<p id=\"" + descriptionId + "\">").text(sentence);
    if (most > 0) {
      html.text(" Highest: " + words(scale, most) + ".");
    }
    html.raw("</p>");
    if (lines.size() > 1) {
      html.raw("<p class=\"legend\" aria-hidden=\"true\">");
      for (Line line : lines) {
        html.raw("<span class=\"" + line.colour + "\">").text(line.name).raw("</span> ");
      }
      html.raw("</p>");
    }
    html.raw("</figcaption>\n");
    double end = starts[starts.length - 1] + lengths[lengths.length - 1];
    for (boolean wide : new boolean[] {true, false}) {
      int width = wide ? WIDE : NARROW;
      int height = 150;
      Axis x = Axis.time(end, Plot.LEFT, width - (wide ? 110.0 : 12.0), wide ? 12 : 5);
      double bottom = height - (double) Plot.BOTTOM;
      Axis y =
          switch (scale) {
            case NUMBER -> Axis.number(most, bottom, Plot.TOP, 3);
            case PERCENT -> Axis.percent(bottom, Plot.TOP);
            case LATENCY -> Axis.latency(least, most, bottom, Plot.TOP, 4);
          };
      Plot plot = new Plot(width, height, x, y);
      for (Line line : lines) {
        boolean single = lines.size() == 1;
        plot.line(line.name, line.colour, single, wide && !single, middles, line.ys);
      }
      html.raw(plot.svg(wide ? "wide" : "narrow", titleId, descriptionId)).raw("\n");
    }
    html.raw("</figure>\n");
  }

  private static String words(Scale scale, double value) {
    return switch (scale) {
      case NUMBER -> Figures.number(value);
      case PERCENT -> Figures.percent(value);
      case LATENCY -> Figures.duration(value);
    };
  }

  /** The same numbers as a table, in steps that a reader can take in. */
  private void table() {
    int step = Math.max(1, (starts.length + ROWS - 1) / ROWS);
    html.raw("<details><summary>The run over time as a table</summary>\n<p>");
    html.text(
        step == 1
            ? "One row per window."
            : "One row for " + step + " windows; every window is in series.csv.");
    html.raw("</p>\n");
    html.tableStart(
        "plain",
        "The run over time",
        ">from",
        ">arrivals",
        ">completions",
        ">output tokens/s",
        ">prompt tokens/s",
        ">batch",
        ">waiting",
        ">KV in use",
        ">highest p99 TTFT");
    for (int from = 0; from < starts.length; from += step) {
      int to = Math.min(starts.length, from + step);
      double seconds = (starts[to - 1] + lengths[to - 1] - starts[from]) / PS_PER_SECOND;
      html.raw("<tr>").element("th scope=\"row\" class=\"n\"", Figures.duration(starts[from]));
      html.figure(Figures.count(Math.round(sum("arrivals", from, to))));
      html.figure(Figures.count(Math.round(sum("completions", from, to))));
      html.figure(Figures.number(sum("output_tokens", from, to) / seconds));
      html.figure(Figures.number(sum("prompt_tokens", from, to) / seconds));
      html.figure(Figures.number(mean("mean_batch", from, to)));
      html.figure(Figures.number(mean("mean_waiting", from, to)));
      html.figure(Figures.percent(mean("kv_share", from, to)));
      html.figure(Figures.duration(highest("ttft_p99_ps", from, to))).raw("</tr>\n");
    }
    html.tableEnd().raw("</details>\n");
  }

  private double sum(String column, int from, int to) {
    double[] values = files.column(column);
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += values[i];
    }
    return sum;
  }

  private double mean(String column, int from, int to) {
    double[] values = files.column(column);
    double sum = 0;
    double weight = 0;
    for (int i = from; i < to; i++) {
      sum += values[i] * lengths[i];
      weight += lengths[i];
    }
    return sum / weight;
  }

  private double highest(String column, int from, int to) {
    double[] values = files.column(column);
    double highest = Double.NaN;
    for (int i = from; i < to; i++) {
      if (!(values[i] <= highest)) {
        highest = Double.isNaN(values[i]) ? highest : values[i];
      }
    }
    return highest;
  }

  private double[] rate(double[] counts) {
    double[] rates = new double[counts.length];
    for (int i = 0; i < counts.length; i++) {
      rates[i] = counts[i] / (lengths[i] / PS_PER_SECOND);
    }
    return rates;
  }
}
