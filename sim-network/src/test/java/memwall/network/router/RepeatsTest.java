package memwall.network.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RepeatsTest {
  private static final MessageSpec MESSAGES = new MessageSpec(128, 16);

  private static final List<FabricShape> SHAPES =
      List.of(
          FabricShape.tree(8, 1, 1, false, 1, 1),
          FabricShape.tree(5, 1, 1, false, 3, 2),
          FabricShape.cube(List.of(4, 4), false, false, 1, 2),
          FabricShape.cube(List.of(3, 3), true, false, 1, 1),
          FabricShape.cube(List.of(5), true, false, 2, 5),
          FabricShape.dragonfly(2, 2, 1, Dragonfly.Choice.MINIMAL, 2, 1, 5, 20));

  /** What ends when, and how often a port was used, of a script of messages. */
  private record Story(List<String> ends, List<Long> sentFlits, long packets, long leaptCycles) {}

  private record Message(long cycle, int from, int to, long bytes) {}

  private static Story play(FabricSpec spec, List<Message> script, boolean leaps) {
    Episode episode = new Episode(spec, MESSAGES, 7, leaps);
    List<String> ends = new ArrayList<>();
    for (Message message : script) {
      episode.advanceTo(message.cycle());
      episode.send(message.from(), message.to(), message.bytes());
      take(episode, ends);
    }
    while (ends.size() < script.size()) {
      episode.advance(Long.MAX_VALUE);
      take(episode, ends);
    }
    episode.advanceTo(episode.now() + 200);
    assertThat(FabricLaws.broken(episode.fabric(), episode.packetsEver())).isEmpty();
    List<Long> sent = new ArrayList<>();
    for (long flits : episode.fabric().sentFlits()) {
      sent.add(flits);
    }
    return new Story(ends, sent, episode.packetsEver(), episode.leaptCycles());
  }

  private static void take(Episode episode, List<String> ends) {
    while (episode.knownEnds() > 0) {
      ends.add(episode.nextEndCycle() + " " + episode.takeEnded());
    }
  }

  private static FabricSpec spec(FabricShape shape, SplittableRandom random) {
    int channels = shape.leastChannels() * (1 + random.nextInt(3));
    int buffer = random.nextInt(3) == 0 ? 9 : 4 + random.nextInt(40);
    return new FabricSpec(
        "test", shape, new RouterSpec(channels, buffer, random.nextInt(4) == 0), 1_000, 16);
  }

  /**
   * Long messages, some one behind the other, some into the same node, short ones in between:
   * passing over repeats changes neither ends nor counts.
   */
  @Test
  void whatIsPassedOverIsNotMissed() {
    long leapt = 0;
    long cycles = 0;
    for (int seed = 0; seed < 240; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      FabricShape shape = SHAPES.get(seed % SHAPES.size());
      FabricSpec spec = spec(shape, random);
      List<Message> script = new ArrayList<>();
      long cycle = 0;
      int count = 1 + random.nextInt(7);
      boolean incast = random.nextInt(4) == 0;
      for (int i = 0; i < count; i++) {
        int from = random.nextInt(shape.nodes());
        int to =
            incast && from != 0
                ? 0
                : (from + 1 + random.nextInt(shape.nodes() - 1)) % shape.nodes();
        long bytes =
            random.nextInt(4) == 0 ? random.nextLong(3_000) : 20_000 + random.nextLong(100_000);
        script.add(new Message(cycle, from, to, bytes));
        cycle += random.nextBoolean() ? 0 : random.nextLong(9_000);
      }
      Story plain = play(spec, script, false);
      Story fast = play(spec, script, true);
      assertThat(fast.ends()).as("seed %d", seed).isEqualTo(plain.ends());
      assertThat(fast.sentFlits()).as("seed %d", seed).isEqualTo(plain.sentFlits());
      assertThat(fast.packets()).as("seed %d", seed).isEqualTo(plain.packets());
      assertThat(plain.leaptCycles()).isZero();
      leapt += fast.leaptCycles();
      String last = plain.ends().get(plain.ends().size() - 1);
      cycles += Long.parseLong(last.substring(0, last.indexOf(' ')));
    }
    assertThat(leapt).isGreaterThan(cycles / 3);
  }

  /** A gibibyte around a ring costs what its beginning and its end cost. */
  @Test
  void aLongMessageIsCheap() {
    FabricSpec spec =
        new FabricSpec("test", SHAPES.get(0), new RouterSpec(2, 32, false), 1_000, 16);
    List<Message> script = new ArrayList<>();
    for (int node = 0; node < 8; node++) {
      script.add(new Message(0, node, (node + 1) % 8, 1L << 30));
    }
    Story story = play(spec, script, true);
    long packets = (1L << 30) / 128;
    // Nine flits for eight of payload; behind them the way through one router.
    assertThat(story.ends()).contains((packets * 9 + 6) + " 0");
    assertThat(story.leaptCycles()).isGreaterThan(packets * 9 - 2_000);
  }

  /** Where routes are drawn nothing repeats for certain. */
  @Test
  void drawnRoutesAreFollowed() {
    FabricSpec spec =
        new FabricSpec(
            "test",
            FabricShape.tree(3, 2, 2, false, 1, 1),
            new RouterSpec(2, 32, false),
            1_000,
            16);
    List<Message> script = List.of(new Message(0, 0, 7, 100_000), new Message(5, 1, 6, 90_000));
    Story fast = play(spec, script, true);
    assertThat(fast.ends()).isEqualTo(play(spec, script, false).ends());
    assertThat(fast.leaptCycles()).isZero();
  }
}
