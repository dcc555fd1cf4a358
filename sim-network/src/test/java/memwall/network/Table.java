package memwall.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Rows of a table of reference results; cells in quotes keep their commas. */
public final class Table {
  private Table() {}

  /** All rows but the header. */
  public static List<String[]> rows(String name) throws IOException {
    List<String[]> rows = new ArrayList<>();
    try (InputStream in = Table.class.getResourceAsStream("/reference/" + name)) {
      assertThat(in).as(name).isNotNull();
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      lines.readLine();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] cells = line.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", -1);
        for (int i = 0; i < cells.length; i++) {
          cells[i] = cells[i].replace("\"", "");
        }
        rows.add(cells);
      }
    }
    return rows;
  }
}
