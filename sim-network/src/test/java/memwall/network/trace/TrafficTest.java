package memwall.network.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import memwall.core.Mutations;
import memwall.core.config.ConfigException;
import memwall.network.collective.Algorithm;
import memwall.network.collective.CollectiveShape;
import memwall.network.collective.Schedule;
import memwall.network.collective.ScheduleBuilder;
import memwall.network.loggp.LogGopsRun;
import memwall.network.loggp.LogGopsSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrafficTest {
  private static final LogGopsSpec SPEC = LogGopsSpec.of(500_000, 200_000, 5_000, 50_000_000_000L);

  @TempDir Path temp;

  private Path file(String text) throws IOException {
    return Files.writeString(temp.resolve("t.txt"), text, StandardCharsets.UTF_8);
  }

  private Traffic read(String text) throws IOException {
    return Traffic.read(file(text), null, 1_000);
  }

  /** The faults, without the path of the file. */
  private List<String> faults(String text) throws IOException {
    Path file = file(text);
    try {
      Traffic.read(file, null, 1_000);
    } catch (ConfigException e) {
      return e.faults().stream().map(fault -> fault.replace(file.toString(), "FILE")).toList();
    }
    throw new AssertionError("read without a fault");
  }

  private static final String PING_PONG =
      """
      num_ranks 2

      // there and back
      rank 0 {
      l1: calc 100 cpu 0
      l2: send 10b to 1 tag 5 cpu 0 nic 0
      l3: recv 20b from 1   # tag 0
      l2 requires l1
      }
      rank 1 {
        a requires b
        b: recv 10b from 0 tag 5
        a: send 20b to 0
      calc 7
      }
      """;

  @Test
  void readsGoal() throws IOException {
    Traffic traffic = read(PING_PONG);
    assertThat(traffic.format()).isEqualTo(TrafficFormat.GOAL);
    assertThat(traffic.schedule().operations()).isEqualTo(6);
    // 100 ns, 10 B there, 20 B back.
    assertThat(LogGopsRun.run(traffic.schedule(), SPEC).totalPs())
        .isEqualTo(100_000 + 900_000 + 9 * 20 + 900_000 + 19 * 20);
    assertThat(traffic.sha256()).hasSize(64);
  }

  @Test
  void startsAreWaitedFor() throws IOException {
    Traffic traffic =
        read("rank 0 {\na: calc 5\nb: calc 6\nc: calc 7\nb irequires a\nc requires b\n}\n");
    assertThat(traffic.schedule().hasStartEdges()).isTrue();
    assertThat(LogGopsRun.run(traffic.schedule(), SPEC).totalPs()).isEqualTo(18_000);
  }

  @Test
  void ranksWithoutNumberAreThoseThatOccur() throws IOException {
    assertThat(read("rank 3 {\n}\n").schedule().ranks()).isEqualTo(4);
    assertThat(read("num_ranks 9\nrank 3 {\n}\n").schedule().ranks()).isEqualTo(9);
  }

  @Test
  void readsMessages() throws IOException {
    Traffic traffic = read("time_ps,source,destination,bytes\n0,0,1,64\n\n 5000000 , 2, 1, 64\r\n");
    assertThat(traffic.format()).isEqualTo(TrafficFormat.CSV);
    assertThat(traffic.schedule().ranks()).isEqualTo(3);
    assertThat(LogGopsRun.run(traffic.schedule(), SPEC).totalPs())
        .isEqualTo(5_000_000 + 900_000 + 63 * 20);
    Traffic mixed = read("bytes,tag,destination,source,time_ps\n64,7,1,0,9\n");
    assertThat(mixed.schedule().describe(0)).isEqualTo("rank 0 sends 64 B to rank 1 with tag 7");
  }

  @Test
  void allFaultsOfGoalInOnePass() throws IOException {
    assertThat(
            faults(
                """
                num_ranks 2
                rank 0 {
                l1: send 10 to 1
                l2: send 10b at 1
                l3: send 10b to 2
                l4: send 10b to 0
                l5: recv 0b from 1
                l6: calc -1
                l7: calc 1 cpu 3
                l8: send 1b to 1 tag x
                l9: wait 3
                l9 needs l8
                l1: calc 1
                lx requires l1
                l1 requires
                l2 l3
                a-b: calc 1
                calc 1 2
                }
                rank 0 {
                }
                rank 7 {
                """))
        .containsExactly(
            "FILE:3:10: '10' given, expected a size of at least 1 byte, such as 100b",
            "FILE:4:14: 'at' given, expected 'to'",
            "FILE:5:17: '2' given, expected a rank from 0 to 1",
            "FILE:6:17: rank 0 has no messages with itself",
            "FILE:7:10: '0b' given, expected a size of at least 1 byte, such as 100b",
            "FILE:8:10: '-1' given, expected a time as a whole number up to 4611686018427387",
            "FILE:9:16: '3' given, expected 0: ranks have one cpu",
            "FILE:10:22: 'x' given, expected a tag from 0 to 2147483647",
            "FILE:11:5: 'wait' given, expected 'send', 'recv' or 'calc'",
            "FILE:12:4: 'needs' given, expected ':', 'requires' or 'irequires'",
            "FILE:13:1: label 'l1' is defined twice",
            "FILE:15:12: the line ends, expected the label of what is waited for",
            "FILE:16:4: 'l3' given, expected ':', 'requires' or 'irequires'",
            "FILE:17:1: 'a-b' given, expected 'send', 'recv', 'calc', or a label or '}'",
            "FILE:18:8: '2' given, expected 'cpu' or the end",
            "FILE:14:1: label 'lx' is not defined in rank 0",
            "FILE:20:6: rank 0 was given on line 2 already",
            "FILE:22:6: '7' given, expected a rank from 0 to 1",
            "FILE:22: rank 0 has no '}' at its end");
  }

  @Test
  void faultsOutsideOfRanks() throws IOException {
    assertThat(faults("num_ranks 0\nl1: calc 1\nnum_ranks 3 4\n"))
        .containsExactly(
            "FILE:1:11: '0' given, expected a number of ranks from 1 to 65536",
            "FILE:2:1: 'l1' given, expected 'num_ranks' or 'rank'",
            "FILE:3:13: '4' given, expected the end of the line",
            "FILE: no rank, expected 'rank 0 {' and so on");
    assertThat(faults("rank 0\n}\n")).containsExactly("FILE:1:7: the line ends, expected '{'");
    assertThat(faults("rank 0 {\n}\nnum_ranks 2\n"))
        .containsExactly("FILE:3:1: 'num_ranks' stands once, before all ranks");
  }

  @Test
  void partnersThatAreMissingAndCircles() throws IOException {
    assertThat(
            faults(
                """
                rank 0 {
                send 10b to 1
                recv 7b from 1 tag 4
                send 3b to 1 tag 9
                }
                rank 1 {
                recv 11b from 0
                recv 5b from 2
                }
                """))
        .containsExactly(
            "FILE:7: rank 1 receives 11 B from rank 0 with tag 0, but rank 0 sends 10 B to rank 1"
                + " with tag 0 (line 2); sizes differ",
            "FILE:3: rank 0 receives 7 B from rank 1 with tag 4: never sent",
            "FILE:4: rank 0 sends 3 B to rank 1 with tag 9: never received",
            "FILE:8: rank 1 receives 5 B from rank 2 with tag 0: never sent");
    assertThat(
            faults(
                """
                rank 0 {
                a: recv 1b from 1
                b: send 1b to 1
                b requires a
                }
                rank 1 {
                a: recv 1b from 0
                b: send 1b to 0
                b requires a
                }
                """))
        .containsExactly(
            "FILE:2: rank 0 receives 1 B from rank 1 with tag 0: waits, through others, for itself"
                + " or for what never ends");
  }

  @Test
  void allFaultsOfMessagesInOnePass() throws IOException {
    assertThat(
            faults(
                """
                time_ps,source,destination,bytes
                0,1,1,8
                0,1,2
                x,1,70000,0
                0,1,2,8,9
                """))
        .containsExactly(
            "FILE:2: source and destination are both rank 1",
            "FILE:3:6: the line ends, expected ',' and bytes",
            "FILE:4:1: 'x' given, expected time_ps as a whole number from 0 to 2305843009213693951",
            "FILE:4:5: '70000' given, expected destination as a whole number from 0 to 65535",
            "FILE:4:11: '0' given, expected bytes as a whole number from 1 to 140737488355327",
            "FILE:5:8: ',' given, expected the end of the line");
    assertThat(faults("time_ps,sauce,bytes,bytes\n"))
        .containsExactly(
            "FILE:1:9: unknown column 'sauce'; did you mean 'source'? (allowed: time_ps, source,"
                + " destination, bytes, tag)",
            "FILE:1:21: column 'bytes' is given twice",
            "FILE:1: column 'source' is missing",
            "FILE:1: column 'destination' is missing");
    assertThat(faults("time_ps,source,destination,bytes\n"))
        .containsExactly("FILE: no messages behind the header");
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    assertThat(faults("hello\n"))
        .containsExactly(
            "FILE:1: neither GOAL text ('num_ranks 2') nor our CSV"
                + " ('time_ps,source,destination,bytes'): 'hello'");
    assertThatThrownBy(() -> Traffic.read(temp.resolve("none"), null, 1))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no such file");
  }

  /** What is written is read as what it was. */
  @Test
  void goalOfEveryAlgorithmRoundTrip() throws IOException {
    for (Algorithm algorithm : Algorithm.values()) {
      for (int ranks : new int[] {1, 2, 7, 8}) {
        Schedule schedule = algorithm.schedule(CollectiveShape.of(ranks, 1_003));
        StringBuilder text = new StringBuilder();
        GoalWriter.write(schedule, 1_000, text);
        Schedule again = read(text.toString()).schedule();
        assertThat(again.operations()).isEqualTo(schedule.operations());
        StringBuilder second = new StringBuilder();
        GoalWriter.write(again, 1_000, second);
        assertThat(second.toString()).isEqualTo(text.toString());
        assertThat(LogGopsRun.run(again, SPEC).totalPs())
            .as("%s of %d", algorithm, ranks)
            .isEqualTo(LogGopsRun.run(schedule, SPEC).totalPs());
      }
    }
  }

  @Test
  void goalHasNoWordForWaitingAndForPartsOfItsUnit() {
    ScheduleBuilder waits = new ScheduleBuilder(1);
    waits.pause(0, 5_000);
    assertThatThrownBy(() -> GoalWriter.write(waits.build(), 1_000, new StringBuilder()))
        .hasMessage("rank 0 waits for 5000 ps: GOAL has computations of multiples of 1000 ps only");
    ScheduleBuilder part = new ScheduleBuilder(1);
    part.compute(0, 1_500);
    assertThatThrownBy(() -> GoalWriter.write(part.build(), 1_000, new StringBuilder()))
        .hasMessageContaining("computes for 1500 ps");
  }

  /** Broken files are read or refused with a place, never anything else. */
  @Test
  void mutatedFiles() throws IOException {
    String csv = "time_ps,source,destination,bytes,tag\n0,0,1,64,0\n5,1,0,8,1\n";
    Mutations.Outcome outcome =
        Mutations.check(
            temp.resolve("m"),
            3_000,
            20_261_123,
            random -> {
              String text = random.nextBoolean() ? PING_PONG : csv;
              return Mutations.mutate(text.getBytes(StandardCharsets.UTF_8), "{}: ,b09#", random);
            },
            path -> {
              Traffic traffic = Traffic.read(path, null, 1_000);
              if (traffic.format() == TrafficFormat.GOAL) {
                LogGopsRun.run(traffic.schedule(), SPEC);
              }
            });
    assertThat(outcome.read()).isGreaterThan(300);
    assertThat(outcome.refused()).isGreaterThan(300);
  }
}
