package memwall.memory.pnm;

import memwall.core.unit.Units;
import memwall.memory.dram.channel.AllBankProgram.Step;
import memwall.memory.dram.standard.DramStandard;

/**
 * The layout of {@link PimPlan} written out step by step, as an oracle: one entry for each row and
 * transfer, no loops.
 */
final class PlainPimPlan {
  private static final long MOST_STEPS = 20_000_000;

  /** For each score: the largest so far, difference, exponential, sum, quotient. */
  private static final int SOFTMAX_FLOPS = 5;

  private static final NumberFormat[] FORMATS = {
    NumberFormat.INT8, NumberFormat.INT8, NumberFormat.FP16, NumberFormat.INT8, NumberFormat.INT32
  };

  private static final double PS_PER_SECOND = Units.PS_PER_SECOND;

  private final PimSpec spec;
  private final DramStandard standard;
  private final int devices;
  private final int elementBytes;
  private final int lanes;
  private final StepProgram program = new StepProgram();
  private int nextRow;

  /** Work beside the banks is counted but not waited for. */
  private boolean muted;

  private long mutedTicks;
  private long additions;
  private long vectorFlops;

  private PlainPimPlan(PimSpec spec, int devices, NumberFormat format) {
    this.spec = spec;
    this.devices = devices;
    standard = spec.dram().standard();
    elementBytes = format.bytes();
    lanes = standard.burstBytes() / elementBytes;
  }

  /**
   * Lays out a kernel.
   *
   * @param devices equal devices that share the work
   * @throws IllegalArgumentException if it does not fit, saying what was given and what is allowed
   */
  static PlainPimPlan of(PimSpec spec, int devices, PimKernel kernel) {
    if (!spec.formats().contains(kernel.format())) {
      throw new IllegalArgumentException(
          spec.name() + " multiplies " + spec.formats() + ", not " + kernel.format());
    }
    PlainPimPlan plan = new PlainPimPlan(spec, devices, kernel.format());
    if (kernel instanceof PimKernel.Gemv gemv) {
      plan.whole(gemv);
    } else if (kernel instanceof PimKernel.Attention attention) {
      plan.attention(attention);
    }
    return plan;
  }

  private long allUnits() {
    return (long) devices * spec.dram().channels() * spec.units();
  }

  private void whole(PimKernel.Gemv gemv) {
    long processors = allUnits() * spec.processors();
    long parts = parts(gemv.rows(), gemv.columns(), processors);
    long columns = ceil(gemv.columns(), parts);
    long rows = ceil(gemv.rows() * parts, processors);
    long results = gemv(rows, columns, gemv.vectors());
    long outputs = gemv.rows() * gemv.vectors();
    addOnEachUnit(ceil(Math.max(0, results * processors - outputs), allUnits()));
  }

  // Columns are cut only where rows do not occupy the processors, and not below one burst.
  private long parts(long rows, long columns, long processors) {
    long most = Math.max(1, columns / lanes);
    return rows >= processors ? 1 : Math.min(most, processors / rows);
  }

  private void attention(PimKernel.Attention attention) {
    long instances = attention.instances();
    long each = ceil(instances, allUnits());
    long split = Math.max(1, Math.min(attention.context(), allUnits() / instances));
    long context = ceil(attention.context(), split);
    if (spec.headPipelining() && each > 1) {
      pipelined(attention, context, (int) each);
    } else {
      for (long i = 0; i < each; i++) {
        scores(attention, context);
        program.times(Step.WAIT, mutedTicks / (i + 1));
        onUnit(attention.headSize(), context, attention.group());
      }
    }
    // Where a sequence lies in several units, their outputs are added.
    long outputs = (long) attention.headSize() * attention.group();
    addOnEachUnit(each * ceil((split - 1) * outputs, split));
  }

  /** Scores of a head, then the context of the head before; softmax behind one's own scores. */
  private void pipelined(PimKernel.Attention attention, long context, int each) {
    PlainPimPlan one = new PlainPimPlan(spec, devices, FORMATS[elementBytes]);
    one.onUnit(context, attention.headSize(), attention.group());
    int scoreRows = one.nextRow;
    long covered = one.program.total(Step.MULTIPLY) * spec.timings().multiplyClocks();
    covered *= standard.bus().ticksPerClock();
    one.onUnit(attention.headSize(), context, attention.group());
    int rows = one.nextRow;
    for (int head = 0; head <= each; head++) {
      if (head < each) {
        nextRow = head * rows;
        scores(attention, context);
      }
      if (head > 0) {
        long beside = head < each ? covered : 0;
        program.times(Step.WAIT, mutedTicks / Math.min(each, head + 1) - beside);
        nextRow = (head - 1) * rows + scoreRows;
        onUnit(attention.headSize(), context, attention.group());
      }
    }
    nextRow = each * rows;
  }

  /** Scores of a head, and what is done with them beside the banks, not yet waited for. */
  private void scores(PimKernel.Attention attention, long context) {
    muted = true;
    onUnit(context, attention.headSize(), attention.group());
    softmax(context * attention.group());
    muted = false;
  }

  private void onUnit(long rows, long columns, int vectors) {
    long parts = parts(rows, columns, spec.processors());
    long results = gemv(ceil(rows * parts, spec.processors()), ceil(columns, parts), vectors);
    addOnEachUnit(Math.max(0, results * spec.processors() - rows * vectors));
  }

  private void softmax(long scores) {
    work(scores * SOFTMAX_FLOPS);
  }

  /** Additions of partial results, so many for each unit. */
  private void addOnEachUnit(long count) {
    additions += count * allUnits();
    work(count);
  }

  private void work(long flopsOfUnit) {
    vectorFlops += flopsOfUnit * allUnits();
    if (muted) {
      mutedTicks += vectorTicks(flopsOfUnit);
    } else {
      program.times(Step.WAIT, vectorTicks(flopsOfUnit));
    }
  }

  private long vectorTicks(long flopsOfUnit) {
    if (spec.vectorFlopsPerSec() == 0 || flopsOfUnit == 0) {
      return 0;
    }
    double perUnit = (double) spec.vectorFlopsPerSec() / spec.dram().channels() / spec.units();
    double picos = flopsOfUnit / perUnit * PS_PER_SECOND;
    return (long) Math.ceil(picos * 1000 / standard.tickFemtos());
  }

  // A matrix of so many rows for each processor --------------------------------------------------

  /** Appends the program; returns the results that each processor hands out. */
  private long gemv(long rows, long columns, int vectors) {
    long padded = ceil(columns, lanes) * lanes;
    long perRow = (long) standard.bursts() * lanes * spec.banksPerProcessor();
    int together = Math.min(vectors, spec.vectorsPerPass());
    long held = spec.inputBytes() / ((long) elementBytes * together) / lanes * lanes;
    if (held == 0) {
      throw new IllegalArgumentException(
          spec.name() + " cannot hold a burst of input for " + together + " vectors");
    }
    Tile tile = new Tile(padded, Math.min(Math.min(held, perRow), padded), rows, perRow, together);
    int first = nextRow;
    long results = 0;
    for (int done = 0; done < vectors; done += together) {
      nextRow = first;
      results += tile.outputsStay() ? outputsStay(tile) : inputsStay(tile);
      if (program.size() > MOST_STEPS) {
        throw new IllegalArgumentException(
            "the kernel takes more than " + MOST_STEPS + " steps on a unit");
      }
    }
    return results;
  }

  /** How a matrix is cut for one processor. */
  private final class Tile {
    final long columns;
    final long inputs;
    final long rows;
    final long outputs;
    final long chunks;
    final int vectors;

    Tile(long columns, long inputs, long rows, long perRow, int vectors) {
      this.columns = columns;
      this.inputs = inputs;
      this.rows = rows;
      this.vectors = vectors;
      outputs = Math.min(rows, perRow / inputs);
      chunks = ceil(columns, inputs);
    }

    long inputsOf(long chunk) {
      return Math.min(inputs, columns - chunk * inputs);
    }

    long loadBursts(long chunk) {
      return ceil(inputsOf(chunk) * elementBytes * vectors, standard.burstBytes());
    }

    /** Bursts to read results of each processor, a burst on each data bus at a time. */
    long readBursts(long results) {
      long bytes = results * vectors * spec.resultBytes() * spec.processors();
      return ceil(bytes, (long) standard.burstBytes() * spec.buses());
    }

    long kept() {
      return spec.accumulators() / vectors;
    }

    boolean outputsStay() {
      if (kept() < outputs) {
        return false;
      }
      long load = 0;
      for (long chunk = 0; chunk < chunks; chunk++) {
        load += loadBursts(chunk);
      }
      long groups = ceil(rows, kept() / outputs * outputs);
      return (groups - 1) * load <= (chunks - 1) * readBursts(rows);
    }
  }

  private long outputsStay(Tile tile) {
    long together = tile.kept() / tile.outputs * tile.outputs;
    int base = nextRow;
    long blocks = ceil(tile.rows, tile.outputs);
    for (long from = 0; from < tile.rows; from += together) {
      long until = Math.min(tile.rows, from + together);
      for (long chunk = 0; chunk < tile.chunks; chunk++) {
        if (from == 0 || tile.chunks > 1) {
          load(tile.loadBursts(chunk));
        }
        for (long at = from; at < until; at += tile.outputs) {
          nextRow = (int) Math.min(Integer.MAX_VALUE, base + chunk * blocks + at / tile.outputs);
          openRow();
          program.times(
              Step.MULTIPLY, Math.min(tile.outputs, until - at) * (tile.inputsOf(chunk) / lanes));
          program.precharge();
        }
      }
      read(tile.readBursts(until - from));
    }
    nextRow = (int) Math.min(Integer.MAX_VALUE, base + tile.chunks * blocks);
    return tile.rows * tile.vectors;
  }

  private long inputsStay(Tile tile) {
    for (long chunk = 0; chunk < tile.chunks; chunk++) {
      load(tile.loadBursts(chunk));
      long bursts = tile.inputsOf(chunk) / lanes;
      long kept = Math.max(1, tile.kept());
      for (long from = 0; from < tile.rows; from += tile.outputs) {
        long outputs = Math.min(tile.outputs, tile.rows - from);
        openRow();
        for (long at = 0; at < outputs; at += kept) {
          long together = Math.min(kept, outputs - at);
          program.times(Step.MULTIPLY, together * bursts);
          boolean last = at + together == outputs;
          if (last || spec.timings().registerRow()) {
            program.precharge();
          }
          read(tile.readBursts(together));
          if (!last && spec.timings().registerRow()) {
            nextRow--;
            openRow();
          }
        }
      }
    }
    return tile.rows * tile.chunks * tile.vectors;
  }

  private void openRow() {
    int reserved = spec.timings().registerRow() ? 1 : 0;
    if (nextRow >= standard.rows() - reserved) {
      throw new IllegalArgumentException(
          "the matrix needs more than the "
              + (standard.rows() - reserved)
              + " rows that each bank of "
              + spec.name()
              + " has: use more devices or a smaller matrix");
    }
    program.activate(nextRow++);
  }

  private void load(long bursts) {
    transfer(Step.LOAD, bursts);
  }

  private void read(long bursts) {
    transfer(Step.READ, bursts);
  }

  private void transfer(Step step, long bursts) {
    if (spec.timings().registerRow()) {
      program.activate(standard.rows() - 1);
    }
    program.times(step, bursts);
    if (spec.timings().registerRow()) {
      program.precharge();
    }
  }

  private static long ceil(long amount, long divisor) {
    return (amount + divisor - 1) / divisor;
  }

  // What it comes to ----------------------------------------------------------------------------

  /** The program of every unit. */
  StepProgram program() {
    return program;
  }

  /** Rows of each bank that hold matrices. */
  int rowsUsed() {
    return nextRow;
  }

  /** Partial results added outside. */
  long additions() {
    return additions;
  }

  long vectorFlops() {
    return vectorFlops;
  }
}
