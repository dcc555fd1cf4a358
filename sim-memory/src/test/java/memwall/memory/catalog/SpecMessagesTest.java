package memwall.memory.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import memwall.core.Randomized;
import memwall.core.config.Faults;
import memwall.memory.MemorySpec;
import memwall.memory.Usage;
import memwall.memory.dram.DramSpec;
import memwall.memory.hbf.HbfSpec;
import org.junit.jupiter.api.Test;

/** Impossible presets are refused with a message; all faults of one preset in one pass. */
class SpecMessagesTest {
  private static List<String> faults(String preset, String... sets) {
    Faults faults = new Faults();
    Rig.read("memory: " + preset + "\n", faults, sets);
    return faults.list();
  }

  private static void refused(String preset, String set, String message, String... more) {
    List<String> sets = new ArrayList<>(List.of(more));
    sets.add(set);
    List<String> faults = faults(preset, sets.toArray(String[]::new));
    assertThat(faults).hasSize(1);
    assertThat(faults.get(0)).endsWith(message);
  }

  @Test
  void unknownModel() {
    assertThat(faults("hbm3-h100", "memory.model=rope"))
        .singleElement()
        .asString()
        .endsWith(
            "memory.model: 'rope' is not a memory model (known: [dram, dram-banks, flash-pages,"
                + " hbf])");
  }

  @Test
  void noCapacity() {
    refused(
        "hbm3-h100",
        "memory.capacity=0 B",
        "memory.capacity: a device of 0 B holds nothing; allowed is 1 B or more");
  }

  @Test
  void rateTooLowForTheChannels() {
    refused(
        "hbm3-h100",
        "memory.rate=20 B/s",
        "memory.rate: a peak rate of 20 B/s leaves less than 1 B/s for each of 32 channels at"
            + " efficiency 0.82");
  }

  @Test
  void emptyAccessUnit() {
    refused(
        "hbm3-h100",
        "memory.access=0 B",
        "memory.access: an access unit of 0 B moves nothing; allowed is 1 B or more");
  }

  @Test
  void accessUnitThatTakesDays() {
    assertThat(faults("hbm3-h100", "memory.access=1 PB", "memory.rate=100 B/s"))
        .singleElement()
        .asString()
        .endsWith(
            "memory.access: an access unit of 1000000000000000 B would pass a channel in over a"
                + " day at this rate");
  }

  @Test
  void pageThatTakesDaysOnTheLink() {
    refused(
        "hbf-gen1",
        "memory.link_rate=1 B/s",
        "memory.link_rate: a page of 1000000 B would pass a link of 1 B/s in over a day",
        "memory.page=1 MB",
        "memory.staging=2 MB");
  }

  @Test
  void noChannels() {
    refused("hbm3-h100", "memory.channels=0", "'0' is out of range: a whole number from 1 to 4096");
  }

  @Test
  void efficiencyAboveOne() {
    refused(
        "hbm3-h100", "memory.efficiency=1.01", "'1.01' is out of range: a number from 0.01 to 1");
  }

  @Test
  void emptyPage() {
    refused(
        "hbf-gen1",
        "memory.page=0 B",
        "memory.page: a page of 0 B holds nothing; allowed is 1 B or more");
  }

  @Test
  void stagingOfLessThanTwoPages() {
    refused(
        "hbf-gen1",
        "memory.staging=8191 B",
        "memory.staging: a staging buffer of 8191 B cannot double-buffer pages of 4096 B: at least"
            + " 8192 B are needed");
    assertThat(faults("hbf-gen1", "memory.staging=8192 B")).isEmpty();
  }

  @Test
  void capacityOfLessThanAPage() {
    refused(
        "hbf-gen1",
        "memory.capacity=4095 B",
        "memory.capacity: the capacity is smaller than one page of 4096 B");
    assertThat(faults("hbf-gen1", "memory.capacity=4096 B")).isEmpty();
  }

  @Test
  void endlessReadRate() {
    refused(
        "hbf-gen1",
        "memory.read_time=0 ps",
        "memory.read_time: 0 ps would be an endless rate; allowed is 1 ps or more");
  }

  @Test
  void endlessProgramRate() {
    refused(
        "hbf-gen1",
        "memory.program_time=0 ps",
        "memory.program_time: 0 ps would be an endless rate; allowed is 1 ps or more");
  }

  @Test
  void arraySlowerThanAByteInASecond() {
    assertThat(
            faults(
                "hbf-gen1",
                "memory.read_time=106 d",
                "memory.program_time=106 d",
                "memory.page=1 B",
                "memory.staging=2 B"))
        .hasSize(2)
        .anySatisfy(
            fault ->
                assertThat(fault)
                    .endsWith(
                        "memory.read_time: 1 pages of 1 B at once, each in 9158400000000000000 ps,"
                            + " give less than 1 B/s"))
        .anySatisfy(
            fault ->
                assertThat(fault)
                    .endsWith(
                        "memory.program_time: 400 pages of 1 B at once, each in"
                            + " 9158400000000000000 ps, give less than 1 B/s"));
  }

  @Test
  void allFaultsInOnePass() {
    assertThat(
            faults(
                "hbf-gen1",
                "memory.read_time=0 ps",
                "memory.program_time=0 ps",
                "memory.capacity=1 B",
                "memory.staging=1 B",
                "memory.dies=0",
                "memory.colour=red"))
        .hasSize(6);
    assertThat(faults("hbm3-h100", "memory.capacity=0 B", "memory.access=0 B", "memory.rate=1 B/s"))
        .hasSize(3);
  }

  /** Whatever the single keys allow: faults or a device, no exception. */
  @Test
  void nothingThatTheKeysAllowThrows() {
    String[] sizes = {"0 B", "1 B", "2 B", "4 KiB", "1 PB", "1000 PB"};
    String[] times = {"0 ps", "1 ps", "1 us", "106 d"};
    String[] rates = {"1 B/s", "4096 B/s", "1 TB/s", "1000 PB/s"};
    String[] counts = {"1", "16", "1024"};
    Randomized.check(
        300,
        random -> {
          String[] sets =
              random.nextBoolean()
                  ? new String[] {
                    "memory.capacity=" + sizes[random.nextInt(6)],
                    "memory.channels=" + counts[random.nextInt(3)],
                    "memory.rate=" + rates[random.nextInt(4)],
                    "memory.efficiency=" + (random.nextBoolean() ? "0.01" : "1"),
                    "memory.latency=" + times[random.nextInt(4)],
                    "memory.access=" + sizes[random.nextInt(6)]
                  }
                  : new String[] {
                    "memory.capacity=" + sizes[random.nextInt(6)],
                    "memory.dies=" + counts[random.nextInt(3)],
                    "memory.planes_per_die=" + counts[random.nextInt(3)],
                    "memory.page=" + sizes[random.nextInt(6)],
                    "memory.staging=" + sizes[random.nextInt(6)],
                    "memory.scratch=" + sizes[random.nextInt(6)],
                    "memory.read_time=" + times[random.nextInt(4)],
                    "memory.program_time=" + times[random.nextInt(4)],
                    "memory.ecc_latency=" + times[random.nextInt(4)],
                    "memory.link_rate=" + rates[random.nextInt(4)]
                  };
          Faults faults = new Faults();
          MemorySpec spec =
              Rig.read(
                  "memory: " + (sets.length == 6 ? "hbm3-h100" : "hbf-gen1") + "\n", faults, sets);
          assertThat(spec.readBytesPerSec()).isPositive();
          assertThat(spec.writeBytesPerSec(Usage.KV)).isPositive();
          assertThat(spec.arrayBytesPerSec()).isPositive();
          assertThat(spec.linkBytesPerSec()).isPositive();
          if (faults.isEmpty()) {
            assertThatCode(() -> new Rig(spec, 2, true)).doesNotThrowAnyException();
          }
        });
  }

  @Test
  void recordsRefuseWhatNoPresetCanSay() {
    assertThatThrownBy(() -> new DramSpec(0, 1, 1, 1, 0, 1, 1, 1))
        .hasMessage("capacity, channels and access must be at least 1");
    assertThatThrownBy(() -> new DramSpec(1, 1, 1, 0, 0, 1, 1, 1))
        .hasMessage("efficiency 0.0 is not in (0, 1]");
    assertThatThrownBy(() -> new DramSpec(1, 2, 1, 1, 0, 1, 1, 1))
        .hasMessage("rate below 1 byte/s per channel");
    assertThatThrownBy(() -> new DramSpec(1, 1, 1, 1, 0, 200_000, 1, 1))
        .hasMessage("an access unit would pass a channel in over a day");
    assertThatThrownBy(() -> hbf(200_000, 200_000, 1, 1, 400_000, 1))
        .hasMessage("a page would pass the link in over a day");
    assertThatThrownBy(() -> hbf(0, 1, 1, 1, 2, 1)).hasMessageContaining("must be at least 1");
    assertThatThrownBy(() -> hbf(1, 1, 0, 1, 2, 1)).hasMessage("times and rates must be positive");
    assertThatThrownBy(() -> hbf(8, 4, 1, 1, 7, 1))
        .hasMessage("staging buffer of 7 bytes holds less than two pages of 4");
    assertThatThrownBy(() -> hbf(8, 4, 1, 1, 8, 0))
        .hasMessage("a block must stand an erase and a read at least");
    assertThatThrownBy(() -> hbf(8, 4, 5_000_000_000_000L, 1, 8, 1))
        .hasMessage("all planes together read less than 1 byte/s");
    assertThatThrownBy(() -> hbf(8, 4, 1, 5_000_000_000_000L, 8, 1))
        .hasMessage("all planes together program less than 1 byte/s");
  }

  private static HbfSpec hbf(
      long capacity, long page, long readPs, long programPs, long staging, int endurance) {
    return new HbfSpec(capacity, 1, 1, page, readPs, programPs, 1, staging, 0, 0, endurance, 1, 1);
  }
}
