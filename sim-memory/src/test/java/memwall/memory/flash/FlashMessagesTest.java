package memwall.memory.flash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import memwall.core.config.ConfigException;
import memwall.memory.flash.device.FlashGeometry;
import memwall.memory.flash.device.MultiPlane;
import memwall.memory.flash.device.ReadPriority;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Impossible flash devices are refused with a message; all faults of one preset in one pass. */
class FlashMessagesTest {
  /** The smallest device that says everything it must. */
  private static final String SMALL =
      """
      flash:
        source: a test
        name: small
        geometry:
          channels: 2
          dies_per_channel: 1
          planes_per_die: 4
          blocks_per_plane: 8
          pages_per_block: 16
          page: 4 KiB
        timing: { read: 4 us, program: 75 us }
        path: { link_rate: 1 GB/s }
        rules: { outstanding_reads: 16, pending_writes: 4 }
        wear: { endurance: 1000 }
        energy: { sense: 5 pJ/bit, program: 50 pJ/bit }
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "geometry.channels=0|geometry.channels: '0' is out of range: a whole number from 1 to 1048576",
        "geometry.dies_per_channel=-1|geometry.dies_per_channel: '-1' is out of range: a whole number"
            + " from 1 to 1048576",
        "geometry.planes_per_die=many|geometry.planes_per_die: 'many' is not a whole number from 1 to"
            + " 1048576",
        "geometry.planes_per_die=524289|geometry.channels: 2 channels of 1 dies of 524289 planes;"
            + " allowed are 1048576 planes in all",
        "geometry.blocks_per_plane=268435456|geometry.blocks_per_plane: 268435456 blocks of 16 pages"
            + " in each of 8 planes; allowed are 2147483647 pages in a plane and as many blocks in all",
        "geometry.blocks_per_plane=0|geometry.blocks_per_plane: '0' is out of range: a whole number"
            + " from 1 to 1073741824",
        "geometry.pages_per_block=65535|geometry.pages_per_block: '65535' is out of range: a whole"
            + " number from 1 to 65534",
        "geometry.page=0 B|geometry.page: 0 B; allowed are 1 B to 1073741824 B",
        "geometry.page=2 GiB|geometry.page: 2147483648 B; allowed are 1 B to 1073741824 B",
        "timing.read=0 ps|timing.read: 0 ps; allowed are 1 ps to an hour",
        "timing.program=2 h|timing.program: 7200000000000000 ps; allowed are 1 ps to an hour",
        "timing.erase=61 min|timing.erase: 3660000000000000 ps; allowed are 0 ps to an hour",
        "timing.retry=soon|timing.retry: 'soon' is not a time",
        "path.link_efficiency=1.1|path.link_efficiency: '1.1' is out of range: a number from 0.000001"
            + " to 1",
        "path.lane_rate=0 B/s|path.lane_rate: '0 B/s' is out of range",
        "path.shared_bus=perhaps|path.shared_bus: 'perhaps' is not true or false",
        "rules.page_buffers=5|rules.page_buffers: '5' is out of range: a whole number from 1 to 4",
        "rules.staging=8191 B|rules.staging: 8191 B for 2 channels; a page of 4096 B must fit in the"
            + " share of each",
        "rules.active_planes=0|rules.active_planes: '0' is out of range: a whole number from 1 to"
            + " 1048576",
        "rules.outstanding_reads=0|rules.outstanding_reads: '0' is out of range",
        "rules.pending_writes=0|rules.pending_writes: '0' is out of range",
        "rules.priority=fcfs|rules.priority: 'fcfs' is not one of [arrival, reads, suspend]",
        "rules.priority=suspend|missing key 'flash.rules.suspensions'",
        "rules.suspensions=1|unknown key 'flash.rules.suspensions'",
        "rules.gather=2 h|rules.gather: 7200000000000000 ps; allowed are 0 ps to an hour",
        "multi_plane={planes_per_group: 3}|multi_plane.planes_per_group: 3 planes; the 4 planes of a"
            + " die must divide into such groups",
        "multi_plane={planes_per_group: 0}|multi_plane.planes_per_group: '0' is out of range: a whole"
            + " number from 1 to 1048576",
        "multi_plane={window: 1 us}|missing key 'flash.multi_plane.planes_per_group'",
        "multi_plane={planes_per_group: 2, window: 2 h}|multi_plane.window: 7200000000000000 ps;"
            + " allowed are 0 ps to an hour",
        "multi_plane={planes_per_group: 2, same_page: no way}|multi_plane.same_page: 'no way' is not"
            + " true or false",
        "wear.endurance=0|wear.endurance: '0' is out of range: a whole number from 1 to 1000000000",
        "wear.read_limit=0|wear.read_limit: '0' is out of range: a whole number, 1 or more",
        "wear.retention=0 d|wear.retention: data must last for more than 0 s; leave it out for ever",
        "wear.retention=24 us|wear.retention: '24 us' is a time where a period is wanted",
        "wear.retention_at=hot|wear.retention_at: 'hot' is not a temperature",
        "wear.activation_ev=-1|wear.activation_ev: '-1' is out of range: a number from 0 to 10",
        "wear.warranty=0 y|wear.warranty: must be more than 0 s",
        "energy.sense_page=1 nJ|energy.sense_page: the energy of a bit is given too (sense); give one"
            + " of both",
        "energy.program_page=1 nJ|energy.program_page: the energy of a bit is given too (program);"
            + " give one of both",
        "energy.erase=5 pJ/bit|energy.erase: '5 pJ/bit' is an energy per bit where an energy is wanted",
        "energy.idle=-1 W|energy.idle: '-1 W' is out of range",
        "latency=1 us|unknown key 'flash.latency'",
        "errors.model=dirty|errors.model: 'dirty' is not one of [clean, poisson, table]",
        "errors={model: clean, retries: 3}|unknown key 'flash.errors.retries'",
        "thermal={stack: hbf-16hi, release: 85 C, light: 95 C, severe: 105 C, shutdown: 120 C,"
            + " light_share: 0.5}|thermal.stack: 2 dies do not divide into 16 layers of the stack",
      })
  void refused(String set, String message) {
    assertThat(FlashParts.faults(SMALL, set)).singleElement().asString().contains(message);
  }

  @Test
  void linkSlowerThanAPageADay() {
    assertThat(FlashParts.faults(SMALL, "geometry.page=1 MiB", "path.link_rate=11 B/s"))
        .singleElement()
        .asString()
        .endsWith(
            "flash.path.link_rate: a page of 1048576 B would pass a link of 11 B/s in over a day");
    assertThat(FlashParts.faults(SMALL, "geometry.page=1 MiB", "path.link_rate=12 B/s")).isEmpty();
  }

  @Test
  void lanesSlowerThanAPageADay() {
    assertThat(FlashParts.faults(SMALL, "geometry.page=1 MiB", "path.lane_rate=1 B/s"))
        .singleElement()
        .asString()
        .endsWith("flash.path.lane_rate: a page of 1048576 B would take over a day at 1 B/s");
  }

  @Test
  void decoderGivenTwice() {
    assertThat(FlashParts.faults(SMALL, "path.ecc_rate=1 GB/s", "path.ecc_issue=1 us"))
        .singleElement()
        .asString()
        .endsWith(
            "flash.path.ecc_issue: the decoder's rate is given too (ecc_rate); give one of both");
  }

  @Test
  void largerThanAllThatCanBeCounted() {
    assertThat(
            FlashParts.faults(SMALL, "geometry.page=1 GiB", "geometry.blocks_per_plane=16777216"))
        .singleElement()
        .asString()
        .endsWith("flash.geometry.page: the device would hold more than 1000 PB, the most allowed");
  }

  @Test
  void allFaultsInOnePassWithTheirPlaces() {
    String yaml =
        SMALL
            .replace("channels: 2", "channels: two")
            .replace("page: 4 KiB", "page: 4 kib")
            .replace("{ read: 4 us, program: 75 us }", "{ program: 75 GB }")
            .replace("endurance", "enduranse");
    assertThat(FlashParts.faults(yaml))
        .containsExactlyInAnyOrder(
            "run.yaml:5:15: flash.geometry.channels: 'two' is not a whole number from 1 to 1048576",
            "run.yaml:10:11: flash.geometry.page: '4 kib' is not a size: a number with one of the"
                + " units [B, kB, MB, GB, TB, PB, KiB, MiB, GiB, TiB, PiB]; did you mean 'KiB'?",
            "run.yaml:11:11: missing key 'flash.timing.read' (To sense a page (tR)); wanted is a"
                + " time: a number with one of the units [ps, ns, us, ms, s, min, h, d]",
            "run.yaml:11:22: flash.timing.program: '75 GB' is a size where a time is wanted: a"
                + " number with one of the units [ps, ns, us, ms, s, min, h, d]",
            "run.yaml:14:9: missing key 'flash.wear.endurance' (Erases that a block stands (P/E"
                + " cycles)); wanted is a whole number from 1 to 1000000000",
            "run.yaml:14:11: unknown key 'flash.wear.enduranse'; did you mean 'endurance'? (known:"
                + " [warranty, endurance, retention_at, activation_ev, refresh, retention,"
                + " read_limit])");
  }

  @Test
  void everySectionIsWanted() {
    assertThat(FlashParts.faults("flash: { source: a test, name: nothing }\n"))
        .hasSize(6)
        .allSatisfy(fault -> assertThat(fault).contains("missing key 'flash."));
  }

  @Test
  void defaults() {
    FlashPart part = FlashParts.preset("{}", "extends=hbf-gen1");
    assertThat(part.device().timings().retryPs()).isEqualTo(part.device().timings().readPs());
    assertThat(part.device().rules().priority()).isEqualTo(ReadPriority.ARRIVAL);
    assertThat(part.device().rules().activePlanes()).isZero();
    assertThat(part.device().paths().laneBytesPerSec()).isZero();
    assertThat(FlashParts.preset("hbf-gen1", "timing.read=3 us").device().timings().retryPs())
        .isEqualTo(3_000_000L);
  }

  @Test
  void planesWorkInGroups() {
    assertThat(FlashParts.preset("pcie-tlc").device().hasGroups()).isFalse();
    FlashPart part = FlashParts.preset("pcie-tlc-multiplane");
    assertThat(part.device().multiPlane()).isEqualTo(new MultiPlane(4, 1_200_000, true));
    assertThat(part.channel().multiPlane()).isEqualTo(part.device().multiPlane());
    FlashPart alone = FlashParts.preset("pcie-tlc-multiplane", "multi_plane.planes_per_group=1");
    assertThat(alone.device().hasGroups()).isFalse();
  }

  @Test
  void amountsAreDerivedOnce() {
    FlashPart part =
        FlashParts.preset(
            "hbf-gen1",
            "path.link_rate=128 GB/s",
            "path.link_efficiency=0.75",
            "path.ecc_rate=4096 MB/s",
            "rules.staging=25 MiB");
    assertThat(part.device().paths().linkBytesPerSec()).isEqualTo(96_000_000_000L);
    assertThat(part.device().paths().eccIssuePs()).isEqualTo(1_000_000L);
    assertThat(part.device().rules().stagingPages()).isEqualTo(400);
    assertThat(part.energy().sensePj()).isEqualTo(5 * 8.0 * 4096);
  }

  /** An override that takes suspension away leaves its limits aside. */
  @Test
  void prioritiesHaveTheirOwnKeys() {
    assertThat(FlashParts.preset("ufs4-tlc").device().rules().suspensions()).isEqualTo(4);
    assertThat(FlashParts.preset("ufs4-tlc", "rules.priority=reads").device().rules().suspensions())
        .isZero();
  }

  @Test
  void noPresetOfThatName() {
    assertThatThrownBy(() -> FlashPart.builtIn("hbf-gen9"))
        .isInstanceOfSatisfying(
            ConfigException.class,
            e -> assertThat(e.faults()).singleElement().asString().contains("hbf-gen9"));
  }

  @Test
  void channelsNeedAnActivePlaneEach() {
    FlashPart part = FlashParts.preset("hbf-gen1", "rules.active_planes=15");
    assertThat(part.channelFault())
        .isEqualTo(
            "15 active planes cannot be divided over 16 channels; at least one each is needed");
    assertThatThrownBy(part::channel)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(part.channelFault());
    FlashPart enough = FlashParts.preset("hbf-gen1", "rules.active_planes=200");
    assertThat(enough.channelFault()).isEmpty();
    assertThat(enough.channel().rules().activePlanes()).isEqualTo(12);
    assertThat(enough.channel().geometry()).isEqualTo(new FlashGeometry(1, 1, 25, 437, 768, 4096));
    assertThat(List.of(enough.channel().rules().stagingPages())).containsExactly(50);
  }
}
