package memwall.workloads.operator;

import java.util.ArrayList;
import java.util.List;
import memwall.workloads.model.ModelSpec;
import memwall.workloads.shard.Stage;

/** Cuts the layers of a model into blocks that repeat. */
final class LayerBlocks {
  /** Longest block looked for: longer patterns become several segments. */
  private static final int MAX_LENGTH = 64;

  /**
   * Layers {@code first ... first + length - 1}, and their like up to {@code first + repeat *
   * length - 1}.
   */
  record Block(int first, int length, int repeat) {}

  private LayerBlocks() {}

  /**
   * Blocks from the first layer of a stage to the last: the one that covers most, of these the
   * shortest.
   */
  static List<Block> of(ModelSpec model, Stage stage) {
    List<Block> blocks = new ArrayList<>();
    int first = stage.first();
    while (first < stage.end()) {
      Block best = new Block(first, 1, repeats(model, stage, first, 1));
      for (int length = 2; length <= MAX_LENGTH && first + length <= stage.end(); length++) {
        int repeat = repeats(model, stage, first, length);
        if (repeat > 1 && repeat * length > best.repeat() * best.length()) {
          best = new Block(first, length, repeat);
        }
      }
      blocks.add(best);
      first += best.repeat() * best.length();
    }
    return blocks;
  }

  private static int repeats(ModelSpec model, Stage stage, int first, int length) {
    int layer = first + length;
    while (layer < stage.end() && alike(model, layer, layer - length)) {
      layer++;
    }
    return (layer - first) / length;
  }

  private static boolean alike(ModelSpec model, int a, int b) {
    return model.window().isGlobal(a) == model.window().isGlobal(b)
        && model.moe().isMoe(a) == model.moe().isMoe(b);
  }
}
