package memwall.cli.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A line plot as SVG: grid, axes, lines or filled areas, marked points, labels at the ends of the
 * lines. Coordinates have one digit after the point; points that no eye can tell apart are left
 * out. The data attributes let the page's script read values back for a pointer.
 */
final class Plot {
  /** Room to the left of the y axis and below the x axis. */
  static final int LEFT = 50;

  static final int BOTTOM = 26;
  static final int TOP = 10;

  private static final double LABEL_HEIGHT = 14;
  private static final double LABEL_WIDTH = 80;

  private final int width;
  private final int height;
  private final Axis x;
  private final Axis y;
  private final StringBuilder body = new StringBuilder();
  private final List<EndLabel> endLabels = new ArrayList<>();

  private record EndLabel(double x, double y, String colour, String text) {}

  Plot(int width, int height, Axis x, Axis y) {
    this.width = width;
    this.height = height;
    this.x = x;
    this.y = y;
  }

  /**
   * Adds a line.
   *
   * @param name for the pointer's label
   * @param colour a class of the style sheet, for example {@code c1}
   * @param fill whether the area down to the x axis is tinted
   * @param labelled whether the name stands at the end of the line
   * @param xs in order; a point whose y is NaN breaks the line
   */
  void line(String name, String colour, boolean fill, boolean labelled, double[] xs, double[] ys) {
    List<double[]> points = thin(xs, ys);
    StringBuilder path = new StringBuilder();
    StringBuilder area = new StringBuilder();
    double base = y.from();
    double lastX = Double.NaN;
    double lastY = base;
    boolean pen = false;
    for (double[] point : points) {
      if (Double.isNaN(point[1])) {
        if (pen && fill) {
          close(area, lastX, base);
        }
        pen = false;
        continue;
      }
      if (fill && !pen) {
        area.append('M').append(coordinate(point[0])).append(' ').append(coordinate(base));
        area.append('L').append(coordinate(point[0])).append(' ').append(coordinate(point[1]));
      } else if (fill) {
        area.append('L').append(coordinate(point[0])).append(' ').append(coordinate(point[1]));
      }
      path.append(pen ? 'L' : 'M').append(coordinate(point[0])).append(' ');
      path.append(coordinate(point[1]));
      pen = true;
      lastX = point[0];
      lastY = point[1];
    }
    if (pen && fill) {
      close(area, lastX, base);
    }
    if (path.length() == 0) {
      return;
    }
    if (fill) {
      body.append("<path class=\"area ").append(colour).append("\" d=\"").append(area);
      body.append("\"/>");
    }
    body.append("<path class=\"line ").append(colour).append("\" data-name=\"");
    body.append(Html.escape(name)).append("\" d=\"").append(path).append("\"/>");
    if (labelled) {
      double[] last = points.get(points.size() - 1);
      endLabels.add(new EndLabel(last[0], lastY, colour, name));
    }
  }

  private static void close(StringBuilder area, double x, double base) {
    area.append('L').append(coordinate(x)).append(' ').append(coordinate(base)).append('Z');
  }

  /** Marks a point of a rising curve with a dot, a drop line and a label to its lower right. */
  void mark(double xValue, double yValue, String label, String colour) {
    double px = x.at(xValue);
    double py = y.at(yValue);
    boolean room = px + 8 + 7.0 * label.length() < width;
    body.append("<path class=\"drop\" d=\"M").append(coordinate(px)).append(' ');
    body.append(coordinate(py)).append('V').append(coordinate(y.from())).append("\"/>");
    body.append("<circle class=\"dot ").append(colour).append("\" r=\"4\" cx=\"");
    body.append(coordinate(px)).append("\" cy=\"").append(coordinate(py)).append("\"/>");
    body.append("<text class=\"mark\" y=\"").append(coordinate(py + 16)).append("\" x=\"");
    body.append(coordinate(room ? px + 8 : width - 2)).append('"');
    body.append(room ? ">" : " text-anchor=\"end\">").append(Html.escape(label));
    body.append("</text>");
  }

  /** The drawing; the identifiers name the elements that hold its title and description. */
  String svg(String style, String titleId, String descriptionId) {
    StringBuilder svg = new StringBuilder(body.length() + 4096);
    svg.append("<svg class=\"plot ").append(style).append("\" viewBox=\"0 0 ").append(width);
    svg.append(' ').append(height).append("\" role=\"img\" aria-labelledby=\"").append(titleId);
    svg.append("\" aria-describedby=\"").append(descriptionId).append('"');
    axisData(svg, "x", x);
    axisData(svg, "y", y);
    svg.append('>');
    for (Axis.Tick tick : y.ticks()) {
      String at = coordinate(y.at(tick.value()));
      svg.append("<path class=\"grid\" d=\"M").append(coordinate(x.from())).append(' ').append(at);
      svg.append('H').append(coordinate(x.to())).append("\"/>");
      tick(svg, coordinate(x.from() - 7), coordinate(y.at(tick.value()) + 4), "end", tick);
    }
    svg.append("<path class=\"axis\" d=\"M").append(coordinate(x.from())).append(' ');
    svg.append(coordinate(y.from())).append('H').append(coordinate(x.to())).append("\"/>");
    for (Axis.Tick tick : x.ticks()) {
      double at = x.at(tick.value());
      svg.append("<path class=\"axis\" d=\"M").append(coordinate(at)).append(' ');
      svg.append(coordinate(y.from())).append("v5\"/>");
      String anchor = at > width - 20 ? "end" : "middle";
      String place = coordinate(anchor.equals("end") ? width - 1.0 : at);
      tick(svg, place, coordinate(y.from() + 19), anchor, tick);
    }
    svg.append(body);
    labels(svg);
    return svg.append("</svg>").toString();
  }

  private static void tick(StringBuilder svg, String px, String py, String anchor, Axis.Tick tick) {
    if (!tick.label().isEmpty()) {
      svg.append("<text x=\"").append(px).append("\" y=\"").append(py);
      svg.append("\" text-anchor=\"").append(anchor).append("\">");
      svg.append(Html.escape(tick.label())).append("</text>");
    }
  }

  /** Labels at the ends of the lines; those above each other are pushed apart. */
  private void labels(StringBuilder svg) {
    List<EndLabel> order = new ArrayList<>(endLabels);
    order.sort(Comparator.comparingDouble(EndLabel::y));
    double[] places = new double[order.size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = Math.max(order.get(i).y(), TOP);
      for (int k = 0; k < i; k++) {
        if (near(order.get(i), order.get(k))) {
          places[i] = Math.max(places[i], places[k] + LABEL_HEIGHT);
        }
      }
    }
    for (int i = places.length - 1; i >= 0; i--) {
      places[i] = Math.min(places[i], y.from() - 5);
      for (int k = i + 1; k < places.length; k++) {
        if (near(order.get(i), order.get(k))) {
          places[i] = Math.min(places[i], places[k] - LABEL_HEIGHT);
        }
      }
    }
    for (int i = 0; i < places.length; i++) {
      EndLabel label = order.get(i);
      svg.append("<text class=\"end ").append(label.colour()).append("\" x=\"");
      svg.append(coordinate(label.x() + 8)).append("\" y=\"").append(coordinate(places[i] + 4));
      svg.append("\">").append(Html.escape(label.text())).append("</text>");
    }
  }

  private static boolean near(EndLabel a, EndLabel b) {
    return Math.abs(a.x() - b.x()) < LABEL_WIDTH;
  }

  private static void axisData(StringBuilder svg, String name, Axis axis) {
    svg.append(" data-").append(name).append("=\"").append(axis.log() ? "log" : "linear");
    svg.append(' ').append(CsvFiles.number(axis.min())).append(' ');
    svg.append(CsvFiles.number(axis.max())).append(' ').append(coordinate(axis.from()));
    svg.append(' ').append(coordinate(axis.to())).append(' ').append(axis.kind()).append('"');
  }

  /**
   * Coordinates of the points. Where several fall into one column of a pixel, the first, the
   * lowest, the highest and the last stand for all of them; in a straight run, its ends do.
   */
  private List<double[]> thin(double[] xs, double[] ys) {
    List<double[]> kept = new ArrayList<>();
    int i = 0;
    while (i < xs.length) {
      double column = Math.floor(x.at(xs[i]));
      int from = i;
      int low = i;
      int high = i;
      while (i < xs.length
          && Math.floor(x.at(xs[i])) == column
          && !Double.isNaN(ys[i])
          && !Double.isNaN(ys[from])) {
        low = ys[i] < ys[low] ? i : low;
        high = ys[i] > ys[high] ? i : high;
        i++;
      }
      if (i == from) {
        kept.add(new double[] {x.at(xs[i]), Double.NaN});
        i++;
        continue;
      }
      int[] chosen = {from, Math.min(low, high), Math.max(low, high), i - 1};
      int last = -1;
      for (int index : chosen) {
        if (index > last) {
          add(kept, x.at(xs[index]), y.at(ys[index]));
          last = index;
        }
      }
    }
    return kept;
  }

  private static void add(List<double[]> kept, double px, double py) {
    int size = kept.size();
    if (size >= 2) {
      double[] a = kept.get(size - 2);
      double[] b = kept.get(size - 1);
      if (Math.abs(a[1] - b[1]) < 0.05 && Math.abs(b[1] - py) < 0.05) {
        kept.set(size - 1, new double[] {px, py});
        return;
      }
    }
    kept.add(new double[] {px, py});
  }

  /** One digit after the point, none if it is 0. */
  static String coordinate(double value) {
    long tenths = Math.round(value * 10);
    String sign = tenths < 0 ? "-" : "";
    long size = Math.abs(tenths);
    return sign + size / 10 + (size % 10 == 0 ? "" : "." + size % 10);
  }
}
