package memwall.memory.dram.standard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import memwall.core.Randomized;
import memwall.core.config.Config;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import org.junit.jupiter.api.Test;

class AddressMappingTest {
  private static DramStandard standard(int burstBytes, int bursts, int rows, Level... levels) {
    return new DramStandard(
        "test",
        BusKind.SINGLE,
        ImmutableList.<Level>builder().add(new Level("channel", 1)).add(levels).build(),
        0,
        rows,
        bursts,
        burstBytes,
        1_000_000,
        1,
        1,
        1,
        1000,
        0,
        ImmutableMap.of(),
        ImmutableList.of(),
        ImmutableList.of());
  }

  private static DramStandard hbm3() {
    return DramDevice.builtIn("hbm3-6400-16gb-8hi").standard();
  }

  private static DramStandard twelveHigh() {
    return standard(
        32,
        32,
        24576,
        new Level("pseudochannel", 2),
        new Level("sid", 3),
        new Level("bankgroup", 4),
        new Level("bank", 4));
  }

  private static void refused(String order, String... messages) {
    assertThatThrownBy(() -> AddressMapping.of(hbm3(), order))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(String.join("; ", messages));
  }

  /**
   * Levels, from the topmost, are combined with the column's bits, from the lowest; then the row.
   */
  @Test
  void fourBurstsThenTheBanksFoldedWithTheColumn() {
    AddressMapping hbm3 = AddressMapping.of(hbm3(), AddressMapping.MOP4_CLXOR);
    // offset 5, column 2, pseudo-channel 1, SID 1, bank group 2, bank 2, column 3, row 14
    assertThat(hbm3.decode(1L << 5)).isEqualTo(AddressMapping.location(32, 0, 1));
    assertThat(hbm3.decode(1L << 6)).isEqualTo(AddressMapping.location(16, 0, 2));
    assertThat(hbm3.decode(1L << 7)).isEqualTo(AddressMapping.location(32, 0, 0));
    assertThat(hbm3.decode(1L << 9)).isEqualTo(AddressMapping.location(4, 0, 0));
    assertThat(hbm3.decode(1L << 13)).isEqualTo(AddressMapping.location(4, 0, 4));
    assertThat(hbm3.decode(1L << 15)).isEqualTo(AddressMapping.location(1, 0, 16));
    assertThat(hbm3.decode(1L << 16)).isEqualTo(AddressMapping.location(0, 1, 0));
    assertThat(hbm3.rowBursts()).isZero();
    AddressMapping ddr5 =
        AddressMapping.of(
            DramDevice.builtIn("ddr5-4800an-16gb-x8").standard(), AddressMapping.MOP4_CLXOR);
    // offset 6, column 2, bank group 3, bank 2, column 4, row 16: a bit is left for the row
    assertThat(ddr5.decode(1L << 16)).isEqualTo(AddressMapping.location(0, 1, 32));
    assertThat(ddr5.decode(1L << 17)).isEqualTo(AddressMapping.location(0, 1, 0));
  }

  @Test
  void foldingWantsPowersOfTwo() {
    assertThatThrownBy(() -> AddressMapping.of(twelveHigh(), AddressMapping.MOP4_CLXOR))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "'mop4-clxor' wants powers of two; 'sid' has 3 values; "
                + "'mop4-clxor' wants powers of two; 'row' has 24576 values");
  }

  private static void rows(String order, boolean hashed, long rowBursts, int segments) {
    AddressMapping mapping = AddressMapping.of(hbm3(), order, hashed);
    assertThat(mapping.rowBursts()).as(order).isEqualTo(rowBursts);
    assertThat(mapping.segments()).as(order).isEqualTo(segments);
  }

  // Rows one after the other, once in all banks or once for each SID.
  @Test
  void runsGoThroughRows() {
    rows("pseudochannel column:2 bankgroup column bank sid row", false, 2048, 1);
    rows("pseudochannel column:2 bankgroup column bank row sid", false, 1024, 2);
    rows("column pseudochannel bank row bankgroup sid", false, 256, 8);
    rows("column bank sid row bankgroup pseudochannel", false, 256, 8);
    rows("column row bank bankgroup sid pseudochannel", false, 32, 64);
    rows("pseudochannel bank bankgroup sid row column", false, 0, 1);
    rows("column:2 pseudochannel bank bankgroup row sid column", false, 0, 1);
    rows("column pseudochannel row:3 bank bankgroup sid row", false, 0, 1);
    rows("column pseudochannel bank row:3 sid row bankgroup", false, 0, 1);
  }

  // A hash may go from bank to bank of a segment, but into no other.
  @Test
  void hashedBanksStayInTheirSegment() {
    rows("column bank bankgroup pseudochannel row sid", true, 1024, 2);
    rows("column bank pseudochannel row bankgroup sid", true, 0, 1);
    rows("column bank bankgroup pseudochannel sid row", true, 2048, 1);
  }

  @Test
  void rowContiguousAsInTheReference() {
    AddressMapping mapping = AddressMapping.of(hbm3(), AddressMapping.ROW_CONTIGUOUS);
    // offset 5, column 5, pseudo-channel 1, SID 1, bank group 2, bank 2, row 14
    assertThat(mapping.decode(0x3E0)).isEqualTo(AddressMapping.location(0, 0, 31));
    assertThat(mapping.decode(1L << 10)).isEqualTo(AddressMapping.location(32, 0, 0));
    assertThat(mapping.decode(1L << 11)).isEqualTo(AddressMapping.location(16, 0, 0));
    assertThat(mapping.decode(1L << 12)).isEqualTo(AddressMapping.location(4, 0, 0));
    assertThat(mapping.decode(1L << 14)).isEqualTo(AddressMapping.location(1, 0, 0));
    assertThat(mapping.decode(65536)).isEqualTo(AddressMapping.location(0, 1, 0));
  }

  @Test
  void bankInterleavedAsInTheReference() {
    AddressMapping mapping = AddressMapping.of(hbm3(), AddressMapping.BANK_INTERLEAVED);
    assertThat(mapping.decode(1L << 5)).isEqualTo(AddressMapping.location(32, 0, 0));
    assertThat(mapping.decode(1L << 6)).isEqualTo(AddressMapping.location(4, 0, 0));
    assertThat(mapping.decode(1L << 8)).isEqualTo(AddressMapping.location(1, 0, 0));
    assertThat(mapping.decode(1L << 10)).isEqualTo(AddressMapping.location(16, 0, 0));
    assertThat(mapping.decode(1L << 11)).isEqualTo(AddressMapping.location(0, 0, 1));
    assertThat(mapping.decode(65536)).isEqualTo(AddressMapping.location(0, 1, 0));
  }

  @Test
  void namedOrdersAreTheirFieldsInFull() {
    AddressMapping named = AddressMapping.of(hbm3(), AddressMapping.ROW_CONTIGUOUS);
    AddressMapping spelt = AddressMapping.of(hbm3(), "column pseudochannel sid bankgroup bank row");
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 1000; i++) {
      long address = random.nextLong(named.capacityBytes());
      assertThat(spelt.decode(address)).isEqualTo(named.decode(address));
    }
  }

  @Test
  void splitFieldsTakeTheirBitsInOrder() {
    AddressMapping mapping =
        AddressMapping.of(hbm3(), "column:2 bankgroup bank column:3 pseudochannel sid row");
    assertThat(mapping.decode(3 << 5)).isEqualTo(AddressMapping.location(0, 0, 3));
    assertThat(mapping.decode(1 << 11)).isEqualTo(AddressMapping.location(0, 0, 4));
    AddressMapping rest =
        AddressMapping.of(hbm3(), "column:2 bankgroup bank column pseudochannel sid row");
    assertThat(rest.decode(1 << 13)).isEqualTo(AddressMapping.location(0, 0, 16));
  }

  @Test
  void hashSpreadsRowsOfOneBankAndKeepsRowAndColumn() {
    AddressMapping plain = AddressMapping.of(hbm3(), AddressMapping.ROW_CONTIGUOUS);
    AddressMapping hashed = AddressMapping.of(hbm3(), AddressMapping.ROW_CONTIGUOUS, true);
    assertThat(hashed.isHashed()).isTrue();
    Set<Integer> banks = new HashSet<>();
    for (int row = 0; row < 16; row++) {
      long location = hashed.decode(row * 65536L);
      assertThat(plain.decode(row * 65536L)).isEqualTo(AddressMapping.location(0, row, 0));
      assertThat(AddressMapping.row(location)).isEqualTo(row);
      assertThat(AddressMapping.burst(location)).isZero();
      banks.add(AddressMapping.bank(location));
    }
    assertThat(banks).hasSize(16).allMatch(bank -> bank < 16);
  }

  @Test
  void everyLocationHasOneAddress() {
    Randomized.check(
        400,
        random -> {
          DramStandard standard = small(random);
          AddressMapping mapping =
              AddressMapping.of(standard, order(standard, random), random.nextBoolean());
          Set<Long> locations = new HashSet<>();
          long bursts = standard.capacityBytes() / standard.burstBytes();
          for (long i = 0; i < bursts; i++) {
            long address = i * standard.burstBytes();
            long location = mapping.decode(address + random.nextInt(standard.burstBytes()));
            assertThat(locations.add(location)).isTrue();
            assertThat(AddressMapping.bank(location)).isBetween(0, standard.banks() - 1);
            assertThat(AddressMapping.row(location)).isBetween(0, standard.rows() - 1);
            assertThat(AddressMapping.burst(location)).isBetween(0, standard.bursts() - 1);
            assertThat(mapping.encode(location)).isEqualTo(address);
          }
        });
  }

  @Test
  void largeDevicesToo() {
    AddressMapping mapping =
        AddressMapping.of(twelveHigh(), "pseudochannel bankgroup:1 sid column bank bankgroup row");
    SplittableRandom random = new SplittableRandom(2);
    assertThat(mapping.capacityBytes()).isEqualTo(9L << 28);
    for (int i = 0; i < 100_000; i++) {
      long address = random.nextLong(mapping.capacityBytes()) & -32;
      assertThat(mapping.encode(mapping.decode(address))).isEqualTo(address);
    }
    long last = mapping.decode(mapping.capacityBytes() - 1);
    assertThat(last).isEqualTo(AddressMapping.location(95, 24575, 31));
  }

  private static DramStandard small(SplittableRandom random) {
    int[] stacked = {1, 2, 3, 4, 6};
    return standard(
        1 << random.nextInt(4),
        1 << random.nextInt(4),
        stacked[random.nextInt(5)] << random.nextInt(2),
        new Level("pseudochannel", 1 << random.nextInt(2)),
        new Level("sid", stacked[random.nextInt(4)]),
        new Level("bankgroup", 1 << random.nextInt(3)),
        new Level("bank", 1 << random.nextInt(3)));
  }

  /** A random order of the fields, some of them split. */
  private static String order(DramStandard standard, SplittableRandom random) {
    List<String> words = new ArrayList<>();
    for (Level level : standard.levels().subList(1, standard.levels().size())) {
      split(level.name(), level.count(), random, words);
    }
    split("column", standard.bursts(), random, words);
    split("row", standard.rows(), random, words);
    Collections.shuffle(words, new Random(random.nextLong()));
    return String.join(" ", words);
  }

  private static void split(String field, int count, SplittableRandom random, List<String> words) {
    int bits = Integer.numberOfTrailingZeros(count);
    if (Integer.bitCount(count) != 1 || bits < 2 || random.nextBoolean()) {
      if (count > 1 || random.nextBoolean()) {
        words.add(field);
      }
      return;
    }
    int low = 1 + random.nextInt(bits - 1);
    words.add(field + ":" + low);
    words.add(random.nextBoolean() ? field : field + ":" + (bits - low));
  }

  @Test
  void addressesBeyondTheCapacityAreRefused() {
    AddressMapping mapping = AddressMapping.of(hbm3(), AddressMapping.ROW_CONTIGUOUS);
    assertThat(mapping.decode((1L << 30) - 1)).isEqualTo(AddressMapping.location(63, 16383, 31));
    assertThatThrownBy(() -> mapping.decode(1L << 30))
        .hasMessage("address 1073741824 is outside the channel's 1073741824 B");
    assertThatThrownBy(() -> mapping.decode(-1))
        .hasMessage("address -1 is outside the channel's 1073741824 B");
  }

  @Test
  void missingField() {
    refused("column pseudochannel bankgroup bank row", "'sid' is missing: it has 2 values");
  }

  @Test
  void unknownField() {
    refused(
        "colum pseudochannel sid bankgroup bank row",
        "'colum' is not a field of it; did you mean 'column'? (known: [bank, bankgroup, sid,"
            + " pseudochannel, column, row, row-contiguous, bank-interleaved, mop4-clxor])",
        "'column' is missing: it has 32 values");
  }

  @Test
  void misspeltName() {
    assertThatThrownBy(() -> AddressMapping.of(hbm3(), "row-contigous"))
        .hasMessageContaining("did you mean 'row-contiguous'?");
  }

  @Test
  void fieldTwice() {
    refused(
        "column column pseudochannel sid bankgroup bank row",
        "'column' stands twice without a width");
  }

  @Test
  void tooManyBits() {
    refused("column:3 pseudochannel column:3 sid bankgroup bank row", "'column' has 5 bits, not 6");
  }

  @Test
  void tooFewBits() {
    refused(
        "column:3 pseudochannel sid bankgroup bank row",
        "'column' has 5 bits of which only 3 are placed");
  }

  @Test
  void noBitLeft() {
    refused(
        "column:5 pseudochannel sid bankgroup bank column row",
        "'column' stands without a width but its other parts leave it no bit");
  }

  @Test
  void widthThatIsNone() {
    refused(
        "column:0 pseudochannel sid bankgroup bank row column:x",
        "'column:0': after ':' a number of bits from 1 to 32 is wanted",
        "'column:x': after ':' a number of bits from 1 to 32 is wanted",
        "'column' is missing: it has 32 values");
  }

  @Test
  void splitWithoutBits() {
    assertThatThrownBy(
            () ->
                AddressMapping.of(twelveHigh(), "column pseudochannel sid:1 bankgroup bank row:3"))
        .hasMessage(
            "'sid' has 3 values, no power of two, and cannot be split; 'row' has 24576 values, no"
                + " power of two, and cannot be split");
    assertThatThrownBy(
            () ->
                AddressMapping.of(twelveHigh(), "column pseudochannel sid sid bankgroup bank row"))
        .hasMessage("'sid' stands twice");
  }

  @Test
  void readFromAConfiguration() {
    Faults faults = new Faults();
    Config config =
        ConfigLoader.fromText("run.yaml", "mapping: column bank row\nbank_hash: true\n", faults);
    AddressMapping mapping = AddressMapping.read(config, hbm3());
    assertThat(mapping.isHashed()).isTrue();
    assertThat(mapping.order()).isEqualTo("row-contiguous"); // the placeholder
    assertThat(faults.list())
        .containsExactly(
            "run.yaml:1:10: mapping: 'bankgroup' is missing: it has 4 values",
            "run.yaml:1:10: mapping: 'sid' is missing: it has 2 values",
            "run.yaml:1:10: mapping: 'pseudochannel' is missing: it has 2 values");
    Config empty = ConfigLoader.fromText("run.yaml", "seed: 1\n", faults);
    assertThat(AddressMapping.read(empty, hbm3()).order()).isEqualTo("bank-interleaved");
  }
}
