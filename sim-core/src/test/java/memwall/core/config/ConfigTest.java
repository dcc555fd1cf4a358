package memwall.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigTest {
  @TempDir Path folder;

  enum Fidelity {
    EXACT,
    FAST,
    IN_BETWEEN
  }

  @Test
  void readsEveryKindOfValue() {
    Faults faults = new Faults();
    Config config =
        ConfigLoader.fromText(
            "run.yaml",
            """
            name: chat
            seed: 7
            share: 2.5e-1
            folded: true
            fidelity: in-between
            latency: 5 us
            rate: 3.35 TB/s
            power: 0.7 kW
            kinds: [a, b]
            counts: [1, 2]
            shares: [0.5, 1]
            sizes: [4 KiB, 1 MB]
            memory:
              page: 4KiB
            stacks:
              - page: 2 KiB
              - page: 1 KiB
            """,
            faults);
    assertThat(config.text("name", "n")).isEqualTo("chat");
    assertThat(config.integer("seed", 0, 10, "n")).isEqualTo(7);
    assertThat(config.number("share", 0, 1, "n")).isEqualTo(0.25);
    assertThat(config.bool("folded", "n")).isTrue();
    assertThat(config.choice("fidelity", Fidelity.class, "n")).isEqualTo(Fidelity.IN_BETWEEN);
    assertThat(config.quantity("latency", Dimension.TIME, "n")).isEqualTo(5_000_000);
    assertThat(config.quantity("rate", Dimension.BYTE_RATE, "n")).isEqualTo(3_350_000_000_000L);
    assertThat(config.reportQuantity("power", Dimension.POWER, "n")).isEqualTo(700.0);
    assertThat(config.texts("kinds", "n")).containsExactly("a", "b");
    assertThat(config.integers("counts", 1, 2, "n")).containsExactly(1L, 2L);
    assertThat(config.numbers("shares", 0, 1, "n")).containsExactly(0.5, 1.0);
    assertThat(config.quantities("sizes", Dimension.SIZE, "n")).containsExactly(4096L, 1_000_000L);
    Config memory = config.section("memory", "n");
    assertThat(memory.path()).isEqualTo("memory");
    assertThat(memory.quantity("page", Dimension.SIZE, "n")).isEqualTo(4096);
    memory.finish();
    List<Config> stacks = config.sections("stacks", "n");
    assertThat(stacks).hasSize(2);
    assertThat(stacks.get(1).quantity("page", Dimension.SIZE, "n")).isEqualTo(1024);
    assertThat(stacks.get(0).quantity("page", Dimension.SIZE, "n")).isEqualTo(2048);
    stacks.forEach(Config::finish);
    config.finish();
    faults.throwIfAny();
  }

  @Test
  void anOverrideReachesThroughPresetsNamedInPresets() throws IOException {
    write("presets/system/pod.yaml", "source: test\nchip: big\nchips: 8\n");
    write("presets/chip/base.yaml", "source: test\nclock: 1 GHz\nmemory:\n  hbm:\n    stacks: 4\n");
    write(
        "presets/chip/big.yaml", "source: test\nextends: base\nmemory:\n  hbm:\n    page: 1 KiB\n");
    Path run = write("run.yaml", "system: pod\nseed: 1\n");
    Faults faults = new Faults();
    Config root =
        ConfigLoader.load(
            run,
            List.of("system.chip.memory.hbm.stacks=6"),
            Presets.withDirectories(List.of(folder.resolve("presets"))),
            faults);
    root.integer("seed", 0, 9, "n");
    Config system = root.preset("system", "system", "n");
    assertThat(system.integer("chips", 1, 8, "n")).isEqualTo(8);
    Config chip = system.preset("chip", "chip", "n");
    assertThat(chip.quantity("clock", Dimension.FREQUENCY, "n")).isEqualTo(1_000_000_000);
    Config hbm = chip.section("memory", "n").section("hbm", "n");
    assertThat(hbm.integer("stacks", 1, 9, "n")).isEqualTo(6);
    assertThat(hbm.quantity("page", Dimension.SIZE, "n")).isEqualTo(1024);
    root.finishAll();
    faults.throwIfAny();
    assertThat(root.resolved().values())
        .extracting(v -> v.path() + " " + v.value() + " " + v.origin().replace(run.toString(), "R"))
        .containsExactly(
            "seed 1 R:2:7",
            "system preset system/pod R:1:9",
            "system.chips 8 preset system/pod:3",
            "system.chip preset chip/big preset system/pod:2",
            "system.chip.clock 1 GHz preset chip/base:2",
            "system.chip.memory.hbm.stacks 6 --set #1",
            "system.chip.memory.hbm.page 1 KiB preset chip/big:5");
  }

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }
}
