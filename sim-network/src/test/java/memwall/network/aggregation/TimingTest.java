package memwall.network.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Without faults the time is that of the closed forms. */
final class TimingTest {
  private static final int FAN_IN = 32;

  private static SwitchSpec roomy(long slotBytes) {
    return new SwitchSpec(
        Rig.SWITCH.latencyPs(),
        1L << 50,
        Rig.SWITCH.addLatencyPs(),
        1 << 20,
        slotBytes,
        1024,
        false);
  }

  private static Graph tree(int members) {
    return members <= FAN_IN
        ? Graph.star(members, Rig.WIRE)
        : Graph.twoLevel(members, FAN_IN, 1, Rig.WIRE, Rig.WIRE);
  }

  @Test
  void treeRowsOfTheReference() throws IOException {
    int rows = 0;
    for (String line : lines("tree")) {
      String[] fields = line.split(",", -1);
      int members = Integer.parseInt(fields[1]);
      long bytes = Long.parseLong(fields[2]);
      double expectedUs = Double.parseDouble(fields[3]);
      Rig rig = new Rig(tree(members), roomy(bytes), Rig.HOST, Rig.REPAIR, 1);
      long tookPs = rig.run(Rig.group(members, bytes, 1), bytes).latencyPs();
      assertThat(tookPs / 1e6).as(line).isCloseTo(expectedUs, within(1e-3 * expectedUs));
      rows++;
    }
    assertThat(rows).isEqualTo(70);
  }

  /**
   * The closed form counts the way of the last piece's sum to its host and back after all has been
   * sent. Vectors that are sent in less time than a sum is away take it exactly. In longer ones
   * both ways share the links all the time: the bound is then less by the time that a sum is away,
   * divided by the members, and is met only as far as contributions leave room for results.
   */
  @Test
  void pullRowsOfTheReference() throws IOException {
    int rows = 0;
    for (String line : lines("pull")) {
      String[] fields = line.split(",", -1);
      int members = Integer.parseInt(fields[1]);
      long bytes = Long.parseLong(fields[2]);
      double expectedUs = Double.parseDouble(fields[3]);
      if (members > 64) {
        continue;
      }
      rows++;
      boolean isShort = bytes * 20e-6 * (members - 1) / members < 0.9;
      if (!isShort && members > 16) {
        continue;
      }
      long pieceBytes = (bytes - 1) / members + 1;
      int window = members;
      if (!isShort) {
        pieceBytes = bytes / (256L * members);
        window = members + (int) (1_850_000 / (20 * pieceBytes));
      }
      Rig rig = new Rig(Graph.star(members, Rig.WIRE), roomy(pieceBytes), Rig.HOST, Rig.REPAIR, 1);
      GroupSpec group = Rig.with(Rig.group(members, pieceBytes, window), true, false);
      long tookPs = rig.run(group, bytes).latencyPs();
      double tookUs = tookPs / 1e6;
      if (isShort) {
        assertThat(tookUs).as(line).isCloseTo(expectedUs, within(1e-3 * expectedUs));
        assertThat(tookPs)
            .isEqualTo(
                new TreeFormula(roomy(1), Rig.HOST, Rig.WIRE, Rig.WIRE).pullPs(members, bytes));
      } else {
        assertThat(tookUs).as(line).isBetween(expectedUs - 0.9 / members, 1.31 * expectedUs);
        if (members > 2 && bytes >= 8 << 20) {
          assertThat(tookUs).as(line).isCloseTo(expectedUs, within(0.05 * expectedUs));
        }
      }
    }
    assertThat(rows).isEqualTo(50);
  }

  private static List<String> lines(String kind) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            TimingTest.class.getResourceAsStream("/aggregation/in_network.csv"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.startsWith(kind + ","))
          .toList();
    }
  }

  private static Random random() {
    return new Random(Long.getLong("memwall.seed", 2026));
  }

  private static long upTo(Random random, long most) {
    return (long) (random.nextDouble() * (most + 1));
  }

  private static SwitchSpec anySwitch(Random random, int slots, long slotBytes) {
    return new SwitchSpec(
        upTo(random, 500_000), 1L << 55, upTo(random, 90_000), slots, slotBytes, 64, false);
  }

  @Test
  void oneChunkTakesTheFormulaAtEveryDepth() {
    Random random = random();
    for (int run = 0; run < 200; run++) {
      int depth = 1 + random.nextInt(4);
      long rate = 1 + upTo(random, 1_000_000_000_000L);
      Wire low = new Wire(rate, upTo(random, 1_000_000));
      Wire high = new Wire(rate, upTo(random, 1_000_000));
      HostSpec host = new HostSpec(upTo(random, 1_000_000), 1);
      long bytes = 1 + upTo(random, 100_000);
      SwitchSpec joint = anySwitch(random, 1, bytes);
      Graph graph = evenTree(depth, 1 + random.nextInt(3), low, high);
      int members =
          (int) java.util.stream.IntStream.range(0, graph.nodes()).filter(graph::isHost).count();
      assertThat(AggregationTree.of(graph, Rig.hosts(members), 64).depth()).isEqualTo(depth);
      Rig rig = new Rig(graph, joint, host, patient(), 1);
      OperationResult result = rig.run(Rig.group(members, bytes, 1), bytes);
      TreeFormula formula = new TreeFormula(joint, host, low, high);
      assertThat(result.latencyPs()).as("run %s", run).isEqualTo(formula.chunkPs(depth, bytes));
      assertThat(result.chunks().get(0).value()).isEqualTo(Rig.sum(members, 0));
      assertThat(result.substituted()).isFalse();
    }
  }

  /** Nothing is sent twice, however slow the links are. */
  private static RepairSpec patient() {
    return new RepairSpec(1L << 50, 0, 1L << 50, 1, 0, 0, 0);
  }

  /** A tree with as many children everywhere, two at the root; hosts first. */
  private static Graph evenTree(int depth, int children, Wire low, Wire high) {
    int hosts = 2;
    for (int level = 1; level < depth; level++) {
      hosts *= children;
    }
    Graph.Builder builder = new Graph.Builder();
    int[] below = new int[hosts];
    for (int host = 0; host < hosts; host++) {
      below[host] = builder.host("h" + host);
    }
    for (int level = 1; level <= depth; level++) {
      int fanIn = level == depth ? 2 : children;
      int[] here = new int[below.length / fanIn];
      for (int i = 0; i < here.length; i++) {
        here[i] = builder.join("s" + level + "-" + i, fanIn + 1, true);
        for (int j = 0; j < fanIn; j++) {
          builder.link(below[i * fanIn + j], here[i], level == 1 ? low : high);
        }
      }
      below = here;
    }
    return builder.build();
  }

  @Test
  void streamsTakeTheFormulaForEveryWindow() {
    Random random = random();
    boolean anyLimited = false;
    boolean anyFull = false;
    for (int run = 0; run < 300; run++) {
      int depth = 1 + random.nextInt(2);
      long rate = 1_000_000_000L + upTo(random, 100_000_000_000L);
      Wire low = new Wire(rate, upTo(random, 300_000));
      Wire high = new Wire(rate, upTo(random, 300_000));
      HostSpec host = new HostSpec(upTo(random, 300_000), 1);
      int window = 1 + random.nextInt(20);
      long chunkBytes = 1 + upTo(random, 4096);
      long headerBytes = random.nextInt(40);
      SwitchSpec joint = anySwitch(random, window, chunkBytes);
      if (depth == 1 && random.nextBoolean()) {
        joint =
            new SwitchSpec(
                joint.latencyPs(),
                500_000_000_000L / (1 + random.nextInt(2)),
                7,
                window,
                chunkBytes,
                64,
                false);
      }
      int members = depth == 1 ? 1 + random.nextInt(9) : 12;
      Graph graph =
          depth == 1 ? Graph.star(members, low) : Graph.twoLevel(members, 4, 1, low, high);
      GroupSpec plain = Rig.group(members, chunkBytes, window);
      GroupSpec group =
          new GroupSpec(
              "g",
              plain.members(),
              new NumberForm(1, 1, headerBytes),
              chunkBytes,
              window,
              window,
              Admission.REFUSE,
              false,
              DeadlineSpec.NONE,
              false,
              GroupSpec.Spares.NONE);
      long bytes = 1 + upTo(random, 100 * chunkBytes);
      OperationResult result = new Rig(graph, joint, host, patient(), 1).run(group, bytes);
      TreeFormula formula = new TreeFormula(joint, host, low, high);
      assertThat(result.latencyPs())
          .as("run %s: depth %s, window %s", run, depth, window)
          .isEqualTo(formula.streamPs(depth, members, bytes, chunkBytes, headerBytes, window));
      long fullPs = memwall.core.unit.Units.transferPs(chunkBytes + headerBytes, rate);
      boolean limited = window * fullPs < fullPs + formula.pathPs(depth);
      anyLimited |= limited;
      anyFull |= !limited;
    }
    assertThat(anyLimited && anyFull).isTrue();
  }

  /** A window of W chunks gives at most W chunks a round trip. */
  @Test
  void bandwidthIsWindowTimesPayloadOverRoundTrip() {
    long bytes = 10_000_000;
    for (int window : new int[] {1, 4, 16}) {
      Rig rig = new Rig(Graph.star(8, Rig.WIRE));
      long tookPs = rig.run(Rig.group(8, 2048, window), bytes).latencyPs();
      TreeFormula formula = new TreeFormula(Rig.SWITCH, Rig.HOST, Rig.WIRE, Rig.WIRE);
      double roundPs = formula.chunkPs(1, 2048);
      assertThat((double) bytes / tookPs).isCloseTo(window * 2048 / roundPs, within(1e-3 * 2));
      assertThat(rig.network.stats.slotWaits.value()).isZero();
    }
  }
}
