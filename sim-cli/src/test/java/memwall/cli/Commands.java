package memwall.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** Runs commands in this virtual machine, in a folder with a small scenario. */
final class Commands {
  /** First line of a request trace. */
  static final String HEADER = "{\"tdt\":1,\"kind\":\"requests\",\"time_unit\":\"ns\"}\n";

  /** Eight chips, an 8 G model, requests generated from the seed. */
  static final String RUN_FILE =
      """
      memwall: 1
      name: small
      system: dgx-h100
      model: llama-3.1-8b
      precision: { weights: bf16, kv: bf16, activations: bf16 }
      sharding: { tensor_parallel: 8 }
      serving: { max_batch: 8, max_batched_tokens: 512 }
      workload:
        generator:
          extends: azure-conv
          requests: 12
          arrivals: { rate: 60 /s }
          input: { max: 900 }
          output: { max: 9 }
      seed: 1
      """;

  /** The same with a trace file instead. */
  static final String TRACE_RUN_FILE =
      RUN_FILE.substring(0, RUN_FILE.indexOf("workload:"))
          + "workload: { trace: t.requests.jsonl }\nseed: 1\n";

  private final Path folder;

  /** What a command did. */
  record Outcome(int code, String out, String err) {
    /** The lines on standard error. */
    List<String> errors() {
      return err.lines().toList();
    }
  }

  Commands(Path folder) {
    try {
      this.folder = folder.toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Outcome run(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Main.run(
            Arrays.stream(arguments).map(Object::toString).toList(),
            new PrintWriter(out),
            new PrintWriter(err));
    return new Outcome(code, out.toString(), err.toString());
  }

  /** A file of the folder. */
  Path path(String name) {
    return folder.resolve(name);
  }

  Path write(String name, String text) throws IOException {
    return Files.writeString(path(name), text);
  }

  Path runFile() throws IOException {
    return write("run.yaml", RUN_FILE);
  }

  /** A run that must succeed; returns its folder. */
  Path runs(String name, Object... arguments) {
    Object[] all = new Object[arguments.length + 3];
    all[0] = "run";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    all[all.length - 2] = "-o";
    all[all.length - 1] = path(name);
    Outcome outcome = run(all);
    if (outcome.code() != 0) {
      throw new AssertionError(outcome);
    }
    return path(name);
  }

  /** Names in the folder, hidden ones too, sorted. */
  List<String> names() {
    return names(folder);
  }

  static List<String> names(Path at) {
    try (Stream<Path> list = Files.list(at)) {
      return list.map(path -> path.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text of a packed file. */
  static String unpacked(Path file) throws IOException {
    try (GZIPInputStream in =
        new GZIPInputStream(new ByteArrayInputStream(Files.readAllBytes(file)))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
