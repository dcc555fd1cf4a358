package memwall.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import memwall.core.config.ConfigException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {
  @TempDir Path temp;
  private Path dir;

  @BeforeEach
  void resolve() throws IOException {
    dir = temp.toRealPath();
  }

  @Test
  void nothingIsSeenUnderTheNameUntilTheEnd() throws IOException {
    Path target = dir.resolve("run");
    RunFolder folder = RunFolder.create(target);
    assertThat(target).doesNotExist();
    assertThat(folder.file("x").getParent()).isEqualTo(dir.resolve(".run.partial-1"));
    RequestsCsv.open(folder.file(RequestsCsv.FILE)).close();
    assertThat(folder.finish(SampleRun.small().result, SampleRun.MANIFEST, SampleRun.CONFIG))
        .isEqualTo(target);
    assertThat(names(dir)).containsExactly("run");
    assertThat(names(target))
        .containsExactly(
            "config.resolved.yaml",
            "histograms.hlog",
            "manifest.json",
            "report.html",
            "requests.csv.gz",
            "series.csv",
            "stats.csv",
            "summary.json");
    folder.close();
    assertThat(names(target)).hasSize(8);
  }

  @Test
  void anEmptyFolderIsAccepted() throws IOException {
    Path target = Files.createDirectory(dir.resolve("run"));
    SampleRun.write(SampleRun.empty(), target);
    assertThat(target.resolve("summary.json")).exists();
  }

  @Test
  void aLinkToAnEmptyFolderIsFollowed() throws IOException {
    Path real = Files.createDirectory(dir.resolve("real"));
    Path link = Files.createSymbolicLink(dir.resolve("link"), real);
    SampleRun.write(SampleRun.empty(), link);
    assertThat(real.resolve("summary.json")).exists();
    assertThat(link).isSymbolicLink();
  }

  @Test
  void partialFoldersOfOthersAreLeftAlone() throws IOException {
    Path left = Files.createDirectory(dir.resolve(".run.partial-1"));
    Files.writeString(left.resolve("keep"), "me");
    RunFolder folder = RunFolder.create(dir.resolve("run"));
    assertThat(folder.file("x").getParent()).isEqualTo(dir.resolve(".run.partial-2"));
    folder.abandon();
    assertThat(names(dir)).containsExactly(".run.partial-1");
    assertThat(left.resolve("keep")).exists();
  }

  @Test
  void abandonRemovesWhatWasCreatedAndNothingElse() throws IOException {
    Files.writeString(dir.resolve("other"), "file");
    RunFolder folder = RunFolder.create(dir.resolve("a").resolve("b").resolve("run"));
    RequestsCsv.open(folder.file(RequestsCsv.FILE)).close();
    assertThat(dir.resolve("a").resolve("b")).isDirectory();
    folder.abandon();
    folder.abandon();
    assertThat(names(dir)).containsExactly("other");
    assertThatThrownBy(() -> folder.finish(SampleRun.empty(), SampleRun.MANIFEST, SampleRun.CONFIG))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the run folder " + folder.target() + " was finished or abandoned");
  }

  @Test
  void abandonKeepsCreatedParentsThatSomebodyElseUses() throws IOException {
    RunFolder folder = RunFolder.create(dir.resolve("a").resolve("run"));
    Files.writeString(dir.resolve("a").resolve("other"), "file");
    folder.abandon();
    assertThat(names(dir.resolve("a"))).containsExactly("other");
  }

  @Test
  void refusesAFolderThatIsNotEmpty() throws IOException {
    Path target = Files.createDirectory(dir.resolve("run"));
    Files.writeString(target.resolve("old"), "result");
    refused(
        target,
        "is not empty, and results are never overwritten; remove it or name another with -o DIR");
    assertThat(names(dir)).containsExactly("run");
  }

  @Test
  void refusesAFileInTheWay() throws IOException {
    Path target = Files.writeString(dir.resolve("run"), "text");
    refused(target, "is a file, not a folder; name another with -o DIR");
  }

  @Test
  void refusesAFileAboveIt() throws IOException {
    Path file = Files.writeString(dir.resolve("file"), "text");
    refused(
        file.resolve("a").resolve("run"),
        "cannot be created: '" + file + "' is a file, not a folder; name another with -o DIR");
    refused(
        file.resolve("run"),
        "cannot be created: '" + file + "' is a file, not a folder; name another with -o DIR");
  }

  @Test
  void refusesALinkToNowhere() throws IOException {
    Path link = Files.createSymbolicLink(dir.resolve("link"), dir.resolve("gone"));
    refused(link, "is a link to nowhere; remove it or name another folder with -o DIR");
  }

  @Test
  void refusesTheRoot() {
    Path root = dir.getRoot();
    assertThatThrownBy(() -> RunFolder.create(root))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("is not empty");
  }

  @Test
  void refusesAPlaceWhereNothingCanBeMade() {
    Path proc = Path.of("/proc");
    assumeTrue(Files.isDirectory(proc), "no /proc: a place where nobody can write is needed");
    refused(
        proc.resolve("run"),
        "cannot be created: no folder can be made at '/proc/.run.partial-1'; name another with -o"
            + " DIR");
  }

  @Test
  void refusesAPlaceWithoutPermission() throws IOException {
    Path locked = Files.createDirectory(dir.resolve("locked"));
    assumeTrue(locked.toFile().setWritable(false), "permissions cannot be changed here");
    assumeTrue(!Files.isWritable(locked), "this user may write everywhere");
    refused(
        locked.resolve("run"),
        "cannot be created: no permission to write '"
            + locked.resolve(".run.partial-1")
            + "'; name another with -o DIR");
  }

  @Test
  void keepsTheResultsWhenTheNameIsTakenMeanwhile() throws IOException {
    for (String kind : List.of("folder", "file")) {
      Path target = dir.resolve(kind);
      RunFolder folder = RunFolder.create(target);
      Path partial = folder.file("x").getParent();
      if (kind.equals("folder")) {
        Files.createDirectory(target);
        Files.writeString(target.resolve("theirs"), "text");
      } else {
        Files.writeString(target, "theirs");
      }
      assertThatThrownBy(
              () -> folder.finish(SampleRun.empty(), SampleRun.MANIFEST, SampleRun.CONFIG))
          .isInstanceOf(ConfigException.class)
          .hasMessage(
              "output folder '"
                  + target
                  + "': is no longer free: something was put there while the run went; the results"
                  + " are in "
                  + partial
                  + ", move them by hand");
      folder.abandon();
      assertThat(partial.resolve("summary.json")).as(kind).exists();
    }
    assertThat(dir.resolve("folder").resolve("theirs")).exists();
  }

  @Test
  void keepsTheResultsWhenTheReportCannotBeDrawn() throws IOException {
    RunFolder folder = RunFolder.create(dir.resolve("run"));
    Files.createDirectory(folder.file(HtmlReport.FILE));
    assertThatThrownBy(() -> folder.finish(SampleRun.empty(), SampleRun.MANIFEST, SampleRun.CONFIG))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "the report cannot be drawn; all other results are in "
                + dir.resolve(".run.partial-1"));
    folder.close();
    assertThat(dir.resolve(".run.partial-1").resolve("summary.json")).exists();
  }

  private static void refused(Path folder, String what) {
    assertThatThrownBy(() -> RunFolder.create(folder))
        .isInstanceOf(ConfigException.class)
        .hasMessage("output folder '" + folder + "': " + what);
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
