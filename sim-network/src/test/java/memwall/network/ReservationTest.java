package memwall.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import memwall.core.Event;
import memwall.core.stat.Snapshot;
import org.junit.jupiter.api.Test;

/**
 * A folded network that reserves undisturbed operations against the same one that simulates every
 * message: equal in every completion time, counter, histogram and described state, whatever
 * disturbs it and whenever somebody looks.
 */
class ReservationTest {
  private static final Collective[] COLLECTIVES = Collective.values();
  private static final List<String> PRESETS =
      List.of("nvlink4-8", "nvlink4-8-multimem", "nvlink5-8", "nvlink6-8", "son2026-scale-up");

  /** What is done to a network and when: the same for both. */
  private static final class Script {
    final List<Long> timesPs = new ArrayList<>();
    final List<Collective> kinds = new ArrayList<>();
    final List<Long> bytes = new ArrayList<>();
    final List<Integer> to = new ArrayList<>();

    /** A call of a collective, or a message if a receiver is given. */
    void add(long timePs, Collective kind, long size, int receiver) {
      timesPs.add(timePs);
      kinds.add(kind);
      bytes.add(size);
      to.add(receiver);
    }
  }

  /** A network that runs a script and writes down what completes when. */
  private static final class Player {
    final Rig rig;
    final Script script;
    final int chain;
    final long chainBytes;
    final List<Long> log = new ArrayList<>();
    int chained;

    Player(NetworkSpec spec, int ranks, boolean reserves, Script script, int chain, long bytes) {
      this.rig = new Rig(spec, ranks, 1, reserves);
      this.script = script;
      this.chain = chain;
      this.chainBytes = bytes;
      Event input = rig.simulation.event("input", this::input);
      for (int i = 0; i < script.timesPs.size(); i++) {
        input.at(script.timesPs.get(i), i);
      }
    }

    private void input(long index) {
      int i = (int) index;
      if (script.to.get(i) >= 0) {
        rig.network.send(0, script.to.get(i), script.bytes.get(i), this::done, index);
      } else {
        rig.network.collective(script.kinds.get(i), 0, script.bytes.get(i), this::done, index);
      }
    }

    private void done(long index) {
      log.add(rig.simulation.nowPs());
      log.add(index);
      if (chained < chain) {
        chained++;
        rig.network.allReduce(0, chainBytes, this::done, 1000 + chained);
      }
    }

    List<Long> state() {
      List<Long> state = new ArrayList<>();
      rig.network.describe(state::add);
      return state;
    }
  }

  private static void assertSame(Player fast, Player exact, String what) {
    assertThat(fast.log).as(what).isEqualTo(exact.log);
    Snapshot a = exact.rig.snapshot();
    Snapshot b = fast.rig.snapshot();
    assertThat(b.values()).as(what).isEqualTo(a.values());
    for (Snapshot.Distribution distribution : a.histograms()) {
      assertThat(b.histogram(distribution.path())).as(what).isEqualTo(distribution.histogram());
    }
  }

  private static NetworkSpec spec(Random random, int round) {
    if (round % 4 == 3) {
      NetworkSpec preset = PresetTest.preset(PRESETS.get(random.nextInt(PRESETS.size())));
      int which = random.nextInt(preset.allReduces().size() + 1);
      return which == 0 ? preset : preset.withAllReduce(preset.allReduces().get(which - 1).name());
    }
    String name = Rig.KINDS_AND_LIBRARY.get(round % Rig.KINDS_AND_LIBRARY.size());
    return Rig.random(random).withAllReduce(random.nextInt(5) == 0 ? NetworkSpec.AUTO : name);
  }

  private static long bytes(Random random) {
    return random.nextInt(12) == 0 ? 0 : Rig.randomBytes(random, 19);
  }

  /** Times at which something happens inside the network of a player. */
  private static long[] instants(Player player) {
    TreeSet<Long> times = new TreeSet<>();
    do {
      player.rig.simulation.stopAfter(1);
      player.rig.simulation.run();
      times.add(player.rig.simulation.nowPs());
    } while (player.rig.simulation.eventsPending() > 0);
    return times.stream().mapToLong(Long::longValue).toArray();
  }

  private static long instant(Random random, long[] instants) {
    long timePs = instants[random.nextInt(instants.length)];
    return switch (random.nextInt(4)) {
      case 0 -> Math.max(0, timePs - 1);
      case 1 -> timePs + 1;
      case 2 -> (random.nextLong() >>> 1) % (instants[instants.length - 1] + 1);
      default -> timePs;
    };
  }

  @Test
  void reservedEqualsSimulated() {
    long seed = Long.getLong("memwall.seed", 4711);
    Random random = new Random(seed);
    int saved = 0;
    for (int round = 0; round < 3000; round++) {
      NetworkSpec spec = spec(random, round);
      int ranks = 2 + random.nextInt(7);
      Script script = new Script();
      int calls = 1 + random.nextInt(4);
      for (int i = 0; i < calls; i++) {
        long atPs = random.nextBoolean() ? 0 : random.nextInt(20_000_000);
        boolean other = random.nextInt(4) == 0;
        Collective kind = COLLECTIVES[other ? random.nextInt(COLLECTIVES.length) : 0];
        script.add(atPs, kind, bytes(random), -1);
      }
      int chain = random.nextInt(4);
      long chainBytes = bytes(random);
      // Where something happens without disturbance: there, beside it and between, disturb.
      long[] instants = instants(new Player(spec, ranks, false, script, chain, chainBytes));
      int disturbances = random.nextInt(4);
      for (int i = 0; i < disturbances; i++) {
        int to = random.nextInt(ranks);
        script.add(instant(random, instants), Collective.ALL_REDUCE, bytes(random), to);
      }
      Player exact = new Player(spec, ranks, false, script, chain, chainBytes);
      Player fast = new Player(spec, ranks, true, script, chain, chainBytes);
      String what = "round " + round + " of seed " + seed + ", " + ranks + " ranks, " + spec;
      TreeSet<Long> looks = new TreeSet<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        looks.add(instant(random, instants));
      }
      long shiftedPs = 0;
      for (long look : looks) {
        long atPs = Math.max(look + shiftedPs, exact.rig.simulation.nowPs());
        exact.rig.simulation.runUntil(atPs);
        fast.rig.simulation.runUntil(atPs);
        int action = random.nextInt(5);
        if (action == 0) {
          assertThat(fast.state()).as(what).isEqualTo(exact.state());
        } else if (action == 1) {
          long deltaPs = random.nextInt(5_000_000);
          exact.rig.network.shift(deltaPs);
          fast.rig.network.shift(deltaPs);
          shiftedPs += deltaPs;
        } else if (action == 2) {
          assertThat(fast.rig.network.checkLaws()).as(what).isEmpty();
        } else if (action == 3) {
          fast.rig.stats.mark();
          exact.rig.stats.mark();
        } else {
          assertSame(fast, exact, what);
        }
      }
      exact.rig.simulation.run();
      fast.rig.simulation.run();
      assertSame(fast, exact, what);
      assertThat(fast.state()).as(what).isEqualTo(exact.state());
      assertThat(fast.rig.network.checkLaws()).as(what).isEmpty();
      fast.rig.stats.repeat(3);
      exact.rig.stats.repeat(3);
      assertSame(fast, exact, what);
      // And what comes next finds the same network.
      assertThat(fast.rig.runPs(12_345)).as(what).isEqualTo(exact.rig.runPs(12_345));
      assertSame(fast, exact, what);
      saved += fast.rig.simulation.eventsFired() < exact.rig.simulation.eventsFired() - 10 ? 1 : 0;
    }
    assertThat(saved).as("rounds in which events were saved").isGreaterThan(1000);
  }

  @Test
  void anUndisturbedOperationIsOneEvent() {
    for (String name : Rig.KINDS) {
      Rig rig = new Rig(Rig.plain().withAllReduce(name), 8, 1);
      rig.runPs(3_000_000);
      rig.runPs(3_000_000);
      assertThat(rig.simulation.eventsFired()).as(name).isEqualTo(2);
    }
  }
}
