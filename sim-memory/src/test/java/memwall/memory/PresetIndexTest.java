package memwall.memory;

import java.nio.file.Path;
import memwall.core.config.PresetFiles;
import org.junit.jupiter.api.Test;

final class PresetIndexTest {
  @Test
  void indexAndFilesAgreeAndEveryPresetNamesItsSource() throws Exception {
    PresetFiles.check(Path.of("src/main/resources"));
  }
}
