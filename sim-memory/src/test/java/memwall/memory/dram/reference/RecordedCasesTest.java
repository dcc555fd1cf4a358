package memwall.memory.dram.reference;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramStandard;
import org.junit.jupiter.api.Test;

/**
 * Runs of the reference simulator that we made ourselves, drawn at random over devices, mappings,
 * queues, watermarks, policies and streams; every figure and the whole histogram is equal. {@code
 * docs/validation.md} says how they were made.
 */
final class RecordedCasesTest {
  private static final Map<String, DramStandard> DEVICES = devices();

  /** The simulator as it is: open pages, one rank. */
  @Test
  void asItIs() {
    equal("reference.csv", 300, 18);
  }

  /** With the rules that it lacks: closed pages and several ranks too. */
  @Test
  void withTheRulesThatItLacks() {
    equal("corrected.csv", 300, 20);
  }

  private static void equal(String file, int leastRows, int leastDevices) {
    List<String> lines =
        Splitter.on('\n').omitEmptyStrings().splitToList(text("ramulator/" + file));
    List<String> header = Splitter.on(',').splitToList(lines.get(0));
    List<String> differences = new ArrayList<>();
    TreeSet<String> devices = new TreeSet<>();
    for (String line : lines.subList(1, lines.size())) {
      RecordedCase recorded = RecordedCase.of(header, line);
      Map<String, Long> ours = recorded.ours(RecordedCasesTest::device);
      assertThat(ours.keySet()).isEqualTo(recorded.recorded().keySet());
      devices.add(recorded.device());
      recorded
          .recorded()
          .forEach(
              (column, theirs) -> {
                if (!theirs.equals(ours.get(column))) {
                  differences.add(
                      recorded + ": " + column + " " + theirs + ", ours " + ours.get(column));
                }
              });
    }
    assertThat(differences).isEmpty();
    assertThat(lines.size() - 1).isGreaterThanOrEqualTo(leastRows);
    assertThat(devices).hasSizeGreaterThanOrEqualTo(leastDevices);
  }

  private static DramStandard device(String key) {
    return Objects.requireNonNull(DEVICES.get(key), key);
  }

  private static Map<String, DramStandard> devices() {
    Faults faults = new Faults();
    Config root =
        ConfigLoader.fromText(
            "devices.yaml", text("ramulator/devices.yaml"), List.of(), Presets.builtIn(), faults);
    Map<String, DramStandard> devices = new TreeMap<>();
    for (String key : root.keys()) {
      devices.put(key, DramDevice.read(root.preset(key, "dram", "A device")).standard());
    }
    root.finish();
    faults.throwIfAny();
    return devices;
  }

  private static String text(String resource) {
    try (InputStream in = RecordedCasesTest.class.getClassLoader().getResourceAsStream(resource)) {
      return new String(
          Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
