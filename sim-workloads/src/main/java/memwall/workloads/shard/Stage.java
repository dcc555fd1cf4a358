package memwall.workloads.shard;

import memwall.workloads.model.ModelSpec;

/**
 * Consecutive layers of a model that the ranks of one pipeline stage hold.
 *
 * @param first first layer, counted from 0
 * @param end behind the last one
 * @param hasEmbedding whether the stage begins with the embedding
 * @param hasHead whether it ends with the output head
 */
public record Stage(int first, int end, boolean hasEmbedding, boolean hasHead) {
  /** Number of layers. */
  public int layers() {
    return end - first;
  }

  /** Layers that attend to the whole context. */
  public int globalLayers(ModelSpec model) {
    int count = 0;
    for (int layer = first; layer < end; layer++) {
      count += model.window().isGlobal(layer) ? 1 : 0;
    }
    return count;
  }

  /** Layers with experts. */
  public int moeLayers(ModelSpec model) {
    int count = 0;
    for (int layer = first; layer < end; layer++) {
      count += model.moe().isMoe(layer) ? 1 : 0;
    }
    return count;
  }
}
