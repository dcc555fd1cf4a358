package memwall.memory.pnm;

/** What in-memory compute is asked for. */
public sealed interface PimKernel permits PimKernel.Gemv, PimKernel.Attention {

  /** Format of all numbers. */
  NumberFormat format();

  /** Products that are asked for, without padding. */
  long multiplications();

  /** Bytes of the matrices that have to be read once, without padding. */
  long matrixBytes();

  /** Bytes of vectors that go in, without padding. */
  long inputBytes();

  /** Bytes of results, without padding. */
  long resultBytes();

  /**
   * A matrix times vectors.
   *
   * @param rows outputs of each vector, at least 1
   * @param columns inputs of each vector, at least 1
   * @param vectors how many vectors, at least 1
   */
  record Gemv(long rows, long columns, int vectors, NumberFormat format) implements PimKernel {
    /** Checks the ranges. */
    public Gemv {
      if (rows < 1 || columns < 1 || vectors < 1) {
        throw new IllegalArgumentException("rows, columns and vectors must be at least 1");
      }
    }

    @Override
    public long multiplications() {
      return Math.multiplyExact(Math.multiplyExact(rows, columns), vectors);
    }

    @Override
    public long matrixBytes() {
      return Math.multiplyExact(Math.multiplyExact(rows, columns), format.bytes());
    }

    @Override
    public long inputBytes() {
      return Math.multiplyExact(columns, (long) vectors * format.bytes());
    }

    @Override
    public long resultBytes() {
      return Math.multiplyExact(rows, (long) vectors * format.bytes());
    }
  }

  /**
   * Attention of one decode token of each sequence: scores q K, softmax, context p V.
   *
   * @param sequences sequences, at least 1
   * @param kvHeads heads of keys and values, at least 1
   * @param group query heads that share a head of keys and values, at least 1
   * @param headSize size of a head, at least 1
   * @param context entries that each sequence attends to, at least 1
   */
  record Attention(
      int sequences, int kvHeads, int group, int headSize, long context, NumberFormat format)
      implements PimKernel {
    /** Checks the ranges. */
    public Attention {
      if (sequences < 1 || kvHeads < 1 || group < 1 || headSize < 1 || context < 1) {
        throw new IllegalArgumentException("amounts of attention must be at least 1");
      }
    }

    /** Independent pieces: the heads of keys and values of all sequences. */
    long instances() {
      return (long) sequences * kvHeads;
    }

    @Override
    public long multiplications() {
      return Math.multiplyExact(
          Math.multiplyExact(2 * context, headSize), Math.multiplyExact(instances(), group));
    }

    @Override
    public long matrixBytes() {
      return Math.multiplyExact(
          Math.multiplyExact(2 * context, headSize), instances() * format.bytes());
    }

    @Override
    public long inputBytes() {
      return instances() * group * headSize * format.bytes();
    }

    /** An output has the shape of its query. */
    @Override
    public long resultBytes() {
      return inputBytes();
    }
  }
}
