package memwall.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import memwall.core.config.Config;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.core.unit.Quantities;
import memwall.workloads.analytic.plan.Mapping;
import memwall.workloads.analytic.plan.PlanResult;
import memwall.workloads.analytic.plan.PlanSpec;
import memwall.workloads.analytic.plan.Planner;
import memwall.workloads.shard.ShardingPlan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code memwall plan}: ways of cutting a model over chips that keep the limits. */
@Command(
    name = "plan",
    description = {
      "Tries every way of cutting a model over the chips of a machine and prints those that serve"
          + " most tokens per second within the limits.",
      "Times are closed forms without contention (docs/planning.md)."
    },
    mixinStandardHelpOptions = true)
final class PlanCommand implements Callable<Integer> {
  private static final double PS_PER_MS = 1e9;

  @Spec private CommandSpec command;

  @Parameters(
      index = "0",
      paramLabel = "PLAN_FILE",
      description = "A YAML file with system, model, precision and plan.")
  private Path file;

  @Mixin private ConfigOptions options = new ConfigOptions();

  @Option(names = "--all", description = "Print every mapping, and why others do not fit.")
  private boolean all;

  @Option(names = "--json", description = "Print JSON instead of a table: every mapping.")
  private boolean json;

  /** For picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets command and file before anything runs
  PlanCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = command.commandLine().getOut();
    Presets presets = options.presets();
    options.noteShadowed(presets, command.commandLine().getErr());
    Faults faults = new Faults();
    Config config = options.load(file, presets, faults);
    PlanSpec spec = PlanSpec.read(config, faults);
    List<PlanResult> results = new Planner(spec).plan();
    if (json) {
      out.println(Json.text(tree(spec, results)));
    } else {
      print(out, spec, results);
    }
    out.flush();
    boolean fits = results.stream().anyMatch(result -> !result.best().isEmpty());
    if (!fits && !json && !all) {
      command.commandLine().getErr().println("nothing fits; --all says why");
    }
    return fits ? ExitCode.OK : ExitCode.OUTSIDE_TOLERANCE;
  }

  private void print(PrintWriter out, PlanSpec spec, List<PlanResult> results) {
    TextTable table =
        new TextTable(
            ">chips",
            ">TP",
            ">PP",
            ">DP",
            ">EP",
            ">sequences",
            ">per chip",
            ">TPOT",
            ">tokens/s/chip",
            "limited by",
            ">attention",
            ">FFN",
            ">KV write",
            ">network",
            ">other");
    for (PlanResult result : results) {
      for (Mapping mapping : all ? result.best() : result.ties(spec.tiePercent())) {
        row(table, mapping);
      }
    }
    out.print(table);
    for (PlanResult result : results) {
      if (result.best().isEmpty()) {
        out.printf(Locale.ROOT, "%d chips: nothing fits%n", result.chips());
      }
    }
    if (all) {
      TextTable reasons = new TextTable(">chips", ">TP", ">PP", ">DP", ">EP", "does not fit");
      for (PlanResult result : results) {
        for (PlanResult.Rejected rejected : result.rejected()) {
          ShardingPlan sharding = rejected.sharding();
          reasons.row(
              Integer.toString(result.chips()),
              Integer.toString(sharding.tensorParallel()),
              Integer.toString(sharding.pipelineParallel()),
              Integer.toString(sharding.dataParallel()),
              Integer.toString(sharding.expertParallel()),
              rejected.reason());
        }
      }
      out.println();
      out.print(reasons);
    }
  }

  private static void row(TextTable table, Mapping mapping) {
    ShardingPlan sharding = mapping.sharding();
    table.row(
        Integer.toString(mapping.chips()),
        Integer.toString(sharding.tensorParallel()),
        Integer.toString(sharding.pipelineParallel()),
        Integer.toString(sharding.dataParallel()),
        Integer.toString(sharding.expertParallel()),
        Long.toString(mapping.sequences()),
        String.format(Locale.ROOT, "%.1f", (double) mapping.sequences() / mapping.chips()),
        Quantities.TIME.human(mapping.tpotPs()),
        String.format(Locale.ROOT, "%,.0f", mapping.tokensPerSecAndChip()),
        words(mapping.limit()),
        share(mapping, Mapping.Kind.ATTENTION),
        share(mapping, Mapping.Kind.FFN),
        share(mapping, Mapping.Kind.KV_WRITE),
        share(mapping, Mapping.Kind.COMMUNICATION),
        share(mapping, Mapping.Kind.OTHER));
  }

  private static String share(Mapping mapping, Mapping.Kind kind) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * mapping.timePs(kind) / mapping.tpotPs());
  }

  private static String words(Mapping.Limit limit) {
    return switch (limit) {
      case TPOT -> "TPOT";
      case KV_CAPACITY -> "KV capacity";
      case ACTIVATIONS -> "activations";
    };
  }

  private static ObjectNode tree(PlanSpec spec, List<PlanResult> results) {
    ObjectNode root = Json.object();
    root.put("schema", "memwall.plan/1");
    root.put("name", spec.name());
    ArrayNode list = root.putArray("results");
    for (PlanResult result : results) {
      ObjectNode node = list.addObject();
      node.put("chips", result.chips());
      ArrayNode mappings = node.putArray("mappings");
      for (Mapping mapping : result.best()) {
        mapping(mappings.addObject(), mapping);
      }
      ArrayNode rejected = node.putArray("rejected");
      for (PlanResult.Rejected each : result.rejected()) {
        ObjectNode one = rejected.addObject();
        sharding(one, each.sharding());
        one.put("reason", each.reason());
      }
    }
    return root;
  }

  private static void mapping(ObjectNode node, Mapping mapping) {
    sharding(node, mapping.sharding());
    node.put("sequences", mapping.sequences());
    node.put("sequences_per_step", mapping.sequencesPerStep());
    Json.put(node, "tpot_ms", mapping.tpotPs() / PS_PER_MS);
    Json.put(node, "tokens_per_second", mapping.tokensPerSec());
    Json.put(node, "tokens_per_second_and_chip", mapping.tokensPerSecAndChip());
    node.put("limit", mapping.limit().name().toLowerCase(Locale.ROOT));
    ObjectNode parts = node.putObject("time_ms");
    for (Mapping.Part part : mapping.parts()) {
      Json.put(parts, part.kind().name().toLowerCase(Locale.ROOT), part.timePs() / PS_PER_MS);
    }
  }

  private static void sharding(ObjectNode node, ShardingPlan sharding) {
    node.put("tensor_parallel", sharding.tensorParallel());
    node.put("pipeline_parallel", sharding.pipelineParallel());
    node.put("data_parallel", sharding.dataParallel());
    node.put("expert_parallel", sharding.expertParallel());
  }
}
