package memwall.network.router;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import memwall.core.input.InputFaults;
import memwall.core.input.LineReader;

/**
 * Reads a topology from text, in the form of BookSim2's {@code anynet}: a line {@code router 0 node
 * 0 node 1 router 1 router 2 15} says what is at the ports of a router, in the order of its ports;
 * a number behind is the channel's length in cycles. A channel is full duplex; it may be named from
 * both sides. Empty lines, and what follows a {@code #}, do not count.
 */
final class EdgeListReader {
  private static final String WANTED = "topology";

  /** A channel as the file has it; {@code cycles} is 0 where it gives none. */
  record Edge(boolean toNode, int router, int other, int cycles, long line, int column) {}

  private final LineReader lines;
  private final InputFaults faults;
  private final List<Edge> edges = new ArrayList<>();
  private int routers;
  private int nodes;
  private int at;

  private EdgeListReader(LineReader lines) {
    this.lines = lines;
    faults = lines.faults();
  }

  /**
   * Reads a file.
   *
   * @param channelCycles length of a channel that has none in the file
   * @throws memwall.core.config.ConfigException if the file cannot be read or has faults, all of
   *     them
   */
  static EdgeList read(Path path, int channelCycles) {
    try (LineReader lines = LineReader.open(path, WANTED)) {
      return new EdgeListReader(lines).read(channelCycles);
    }
  }

  private EdgeList read(int channelCycles) {
    do {
      line();
    } while (lines.next());
    if (nodes == 0) {
      faults.add("no line attaches a node, expected 'router R node N ...'");
    }
    faults.throwIfAny();
    List<Edge> kept = check();
    faults.throwIfAny();
    EdgeList list = EdgeList.of(nodes, routers, kept, channelCycles);
    int lonely = list.unreachableRouter();
    if (lonely >= 0) {
      faults.add("router " + lonely + " cannot be reached from router 0");
      throw faults.exception();
    }
    return list;
  }

  private void line() {
    at = 0;
    String word = word();
    if (word.isEmpty()) {
      return;
    }
    if (!word.equals("router")) {
      fault("'" + word + "' given, expected 'router'");
      return;
    }
    int router = number("a router", Topology.MAX_PORTS);
    if (router < 0) {
      return;
    }
    routers = Math.max(routers, router + 1);
    word = word();
    while (!word.isEmpty()) {
      if (!word.equals("router") && !word.equals("node")) {
        fault("'" + word + "' given, expected 'node' or 'router'");
        return;
      }
      boolean toNode = word.equals("node");
      int column = at - word.length() + 1;
      int other = number(toNode ? "a node" : "a router", Topology.MAX_PORTS);
      if (other < 0) {
        return;
      }
      nodes = toNode ? Math.max(nodes, other + 1) : nodes;
      routers = toNode ? routers : Math.max(routers, other + 1);
      int cycles = 0;
      word = word();
      if (!word.isEmpty() && Character.isDigit(word.charAt(0))) {
        cycles = value(word, "a length in cycles", 1, Topology.MAX_CHANNEL_CYCLES);
        if (cycles < 0) {
          return;
        }
        word = word();
      }
      edges.add(new Edge(toNode, router, other, cycles, lines.number(), column));
    }
  }

  /** Faults that concern several lines; the edges without repetition. */
  private List<Edge> check() {
    List<Edge> kept = new ArrayList<>();
    Edge[] ofNode = new Edge[nodes];
    boolean[] named = new boolean[routers];
    java.util.HashMap<Long, Edge> links = new java.util.HashMap<>();
    for (Edge edge : edges) {
      named[edge.router()] = true;
      if (edge.toNode()) {
        Edge before = ofNode[edge.other()];
        if (before != null) {
          fault(
              edge, "node " + edge.other() + " is attached to router " + before.router() + " too");
        }
        ofNode[edge.other()] = edge;
        kept.add(edge);
        continue;
      }
      named[edge.other()] = true;
      if (edge.router() == edge.other()) {
        fault(edge, "router " + edge.router() + " is joined to itself");
        continue;
      }
      long key =
          (long) Math.min(edge.router(), edge.other()) << 32
              | Math.max(edge.router(), edge.other());
      Edge before = links.putIfAbsent(key, edge);
      if (before == null) {
        kept.add(edge);
      } else if (before.router() == edge.router()) {
        fault(edge, "router " + edge.other() + " is named twice");
      } else if (before.cycles() != edge.cycles()) {
        fault(
            edge,
            "the channel has "
                + edge.cycles()
                + " cycles here and "
                + before.cycles()
                + " in line "
                + before.line());
      }
    }
    missing(Arrays.asList(ofNode), named);
    return kept;
  }

  private void missing(List<Edge> ofNode, boolean[] named) {
    for (int node = 0; node < nodes; node++) {
      if (ofNode.get(node) == null) {
        faults.add("node " + node + " is attached to no router; nodes are numbered from 0");
      }
    }
    for (int router = 0; router < routers; router++) {
      if (!named[router]) {
        faults.add("router " + router + " has no channel; routers are numbered from 0");
      }
    }
  }

  private void fault(Edge edge, String message) {
    faults.add(edge.line(), edge.column(), message);
  }

  private void fault(String message) {
    faults.add(lines.number(), at, message);
  }

  private int number(String what, int most) {
    String word = word();
    if (word.isEmpty()) {
      faults.add(lines.number(), at + 1, "the line ends here, expected the number of " + what);
      return -1;
    }
    return value(word, "the number of " + what, 0, most);
  }

  private int value(String word, String what, int least, int most) {
    long value = -1;
    if (word.length() <= 10 && word.chars().allMatch(c -> c >= '0' && c <= '9')) {
      value = Long.parseLong(word);
    }
    if (value < least || value > most) {
      faults.add(
          lines.number(),
          at - word.length() + 1,
          "'" + word + "' given, expected " + what + ", " + least + " to " + most);
      return -1;
    }
    return (int) value;
  }

  /** The next word of the line; empty at its end. */
  private String word() {
    char[] chars = lines.chars();
    int length = lines.length();
    while (at < length && Character.isWhitespace(chars[at])) {
      at++;
    }
    int from = at;
    while (at < length && !Character.isWhitespace(chars[at]) && chars[at] != '#') {
      at++;
    }
    if (at < length && chars[at] == '#' && from == at) {
      at = length;
      return "";
    }
    return new String(chars, from, at - from);
  }
}
