package memwall.memory.flash;

import static org.assertj.core.api.Assertions.assertThat;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The reference tables of flash, below {@code reference/flash} of the test resources. */
public final class FlashTable {
  private FlashTable() {}

  /** A row of a table. */
  public record Row(NamedCsvRecord cells) {
    /** A cell as text. */
    public String text(String column) {
      return cells.getField(column);
    }

    /** Whether there is a number. */
    public boolean has(String column) {
      return !text(column).isEmpty();
    }

    /** A cell as a number. */
    public double number(String column) {
      return Double.parseDouble(text(column));
    }

    /** A cell as a whole number. */
    public int whole(String column) {
      return Integer.parseInt(text(column));
    }

    /** A cell of microseconds in picoseconds. */
    public long ps(String column) {
      return Math.round(number(column) * 1e6);
    }

    /**
     * The value is what is printed, within one unit of its last digit and a share of itself.
     *
     * @param share for numbers whose inputs were printed with few digits, else 0
     */
    public void agrees(String column, double value, double share) {
      String printed = text(column);
      int exponent = printed.indexOf('e');
      String digits = exponent < 0 ? printed : printed.substring(0, exponent);
      int point = digits.indexOf('.');
      int decimals = point < 0 ? 0 : digits.length() - point - 1;
      int power = exponent < 0 ? 0 : Integer.parseInt(printed.substring(exponent + 1));
      double unit = StrictMath.pow(10, power - decimals);
      double expected = number(column);
      assertThat(Math.abs(value - expected))
          .as("%s: %s in %s", column, value, cells)
          .isLessThanOrEqualTo(unit + share * Math.abs(expected));
    }
  }

  /** All rows of a table; there are so many. */
  public static List<Row> rows(String name, int count) {
    String resource = "/reference/flash/" + name + ".csv";
    try (InputStream bytes = FlashTable.class.getResourceAsStream(resource);
        CsvReader<NamedCsvRecord> csv =
            CsvReader.builder()
                .ofNamedCsvRecord(new InputStreamReader(bytes, StandardCharsets.UTF_8))) {
      List<Row> rows = csv.stream().map(Row::new).toList();
      assertThat(rows).as(resource).hasSize(count);
      return rows;
    } catch (IOException e) {
      throw new UncheckedIOException(resource, e);
    }
  }
}
