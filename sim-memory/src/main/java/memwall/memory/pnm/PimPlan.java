package memwall.memory.pnm;

import com.google.common.math.LongMath;
import memwall.core.unit.Units;
import memwall.memory.dram.channel.AllBankProgram;
import memwall.memory.dram.channel.AllBankProgram.Step;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramStandard;

/**
 * A kernel laid out over the banks: which rows hold which part of the matrices, and the program
 * that every unit carries out. All units have the same share; what does not divide is padded.
 *
 * <p>Layout of a matrix. Its rows are dealt out to the processors. A processor's open rows hold
 * {@code E} numbers (all its banks together): a <i>tile</i> of {@code I} inputs by {@code O}
 * outputs with {@code I O <= E}, where {@code I} is as large as the input registers allow. Two
 * orders:
 *
 * <ul>
 *   <li>inputs stay: load a chunk of inputs, go through all outputs, read each partial result;
 *   <li>outputs stay: as many outputs as there are accumulators go through all chunks, which are
 *       loaded again for the next outputs; results are read once.
 * </ul>
 *
 * The order with fewer bursts over the channel is taken. A matrix with fewer rows than there are
 * processors is also cut along its columns; then partial results are added outside.
 */
public final class PimPlan {
  /** For each score: the largest so far, difference, exponential, sum, quotient. */
  private static final int SOFTMAX_FLOPS = 5;

  private static final double PS_PER_SECOND = Units.PS_PER_SECOND;

  private final PimSpec spec;
  private final DramStandard standard;
  private final int devices;
  private final int elementBytes;
  private final int lanes;
  private final StepProgram program = new StepProgram();
  private final long reservedRows;
  private long rowsUsed;
  private long additions;
  private long vectorFlops;

  private PimPlan(PimSpec spec, int devices, NumberFormat format) {
    this.spec = spec;
    this.devices = devices;
    standard = spec.dram().standard();
    elementBytes = format.bytes();
    lanes = standard.burstBytes() / elementBytes;
    reservedRows = spec.timings().registerRow() ? 1 : 0;
  }

  /**
   * Lays out a kernel.
   *
   * @param devices equal devices that share the work
   * @throws IllegalArgumentException if it does not fit, saying what was given and what is allowed
   */
  public static PimPlan of(PimSpec spec, int devices, PimKernel kernel) {
    if (!spec.formats().contains(kernel.format())) {
      throw new IllegalArgumentException(
          spec.name() + " multiplies " + spec.formats() + ", not " + kernel.format());
    }
    PimPlan plan = new PimPlan(spec, devices, kernel.format());
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
    useRows(tile(rows, columns, gemv.vectors()).rowsTaken());
    long results = gemv(0, rows, columns, gemv.vectors());
    long outputs = gemv.rows() * gemv.vectors();
    waitFor(addOnEachUnit(ceil(Math.max(0, results * processors - outputs), allUnits())));
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
    int group = attention.group();
    long scoreRows = rowsOf(context, attention.headSize(), group);
    long rows = LongMath.saturatedAdd(scoreRows, rowsOf(attention.headSize(), context, group));
    useRows(LongMath.saturatedMultiply(rows, each));
    final long additionsBefore = additions;
    final long flopsBefore = vectorFlops;
    if (spec.headPipelining() && each > 1) {
      pipelined(attention, context, each, scoreRows, rows);
    } else {
      int loop = program.loop(each);
      waitFor(scores(attention, context, 0));
      context(attention, context, scoreRows);
      program.close(loop, rows);
    }
    additions += (additions - additionsBefore) * (each - 1);
    vectorFlops += (vectorFlops - flopsBefore) * (each - 1);
    // Where a sequence lies in several units, their outputs are added.
    long outputs = (long) attention.headSize() * group;
    waitFor(addOnEachUnit(each * ceil((split - 1) * outputs, split)));
  }

  /**
   * While the softmax of a head is worked on beside the banks, they go on with the scores of the
   * next one. What its multiplies alone do not cover is waited for.
   */
  private void pipelined(
      PimKernel.Attention attention, long context, long each, long scoreRows, long rows) {
    final long multipliesBefore = program.total(Step.MULTIPLY);
    final long softmax = scores(attention, context, 0);
    long covered = (program.total(Step.MULTIPLY) - multipliesBefore) * multiplyTicks();
    int loop = program.loop(each - 1);
    long additionsSoFar = additions;
    long flopsSoFar = vectorFlops;
    scores(attention, context, rows);
    additions = additionsSoFar;
    vectorFlops = flopsSoFar;
    waitFor(softmax - covered);
    context(attention, context, scoreRows);
    program.close(loop, rows);
    waitFor(softmax);
    additionsSoFar = additions;
    flopsSoFar = vectorFlops;
    context(attention, context, LongMath.saturatedAdd(scoreRows, (each - 1) * rows));
    additions = additionsSoFar;
    vectorFlops = flopsSoFar;
  }

  private long multiplyTicks() {
    return PimRules.between(spec.standard(), Command.MACAB, Command.MACAB);
  }

  /** Appends the scores of a head; returns the ticks of what is done with them beside the banks. */
  private long scores(PimKernel.Attention attention, long context, long base) {
    return onUnit(base, context, attention.headSize(), attention.group())
        + work(context * attention.group() * SOFTMAX_FLOPS);
  }

  private void context(PimKernel.Attention attention, long context, long base) {
    waitFor(onUnit(base, attention.headSize(), context, attention.group()));
  }

  /** Appends a matrix of one unit; returns the ticks of its additions beside the banks. */
  private long onUnit(long base, long rows, long columns, int vectors) {
    long parts = parts(rows, columns, spec.processors());
    long results = gemv(base, ceil(rows * parts, spec.processors()), ceil(columns, parts), vectors);
    return addOnEachUnit(Math.max(0, results * spec.processors() - rows * vectors));
  }

  /** Rows of each bank that a matrix of one unit takes. */
  private long rowsOf(long rows, long columns, int vectors) {
    long parts = parts(rows, columns, spec.processors());
    return tile(ceil(rows * parts, spec.processors()), ceil(columns, parts), vectors).rowsTaken();
  }

  /** Counts additions of partial results, so many for each unit; returns their ticks. */
  private long addOnEachUnit(long count) {
    additions += count * allUnits();
    return work(count);
  }

  /** Counts work beside the banks; returns its ticks. */
  private long work(long flopsOfUnit) {
    vectorFlops += flopsOfUnit * allUnits();
    return vectorTicks(flopsOfUnit);
  }

  private void waitFor(long ticks) {
    program.times(Step.WAIT, ticks);
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

  private Tile tile(long rows, long columns, int vectors) {
    long padded = ceil(columns, lanes) * lanes;
    long perRow = (long) standard.bursts() * lanes * spec.banksPerProcessor();
    int together = Math.min(vectors, spec.vectorsPerPass());
    long held = spec.inputBytes() / ((long) elementBytes * together) / lanes * lanes;
    if (held == 0) {
      throw new IllegalArgumentException(
          spec.name() + " cannot hold a burst of input for " + together + " vectors");
    }
    return new Tile(padded, Math.min(Math.min(held, perRow), padded), rows, perRow, together);
  }

  /** Appends the program; returns the results that each processor hands out. */
  private long gemv(long base, long rows, long columns, int vectors) {
    Tile tile = tile(rows, columns, vectors);
    long passes = ceil(vectors, tile.vectors);
    int loop = program.loop(passes);
    if (tile.outputsStay()) {
      outputsStay(tile, base);
    } else {
      inputsStay(tile, base);
    }
    program.close(loop, 0);
    return passes * rows * tile.vectors * (tile.outputsStay() ? 1 : tile.chunks);
  }

  private void useRows(long rows) {
    rowsUsed = LongMath.saturatedAdd(rowsUsed, rows);
    if (rowsUsed > standard.rows() - reservedRows) {
      throw new IllegalArgumentException(
          "the matrix needs more than the "
              + (standard.rows() - reservedRows)
              + " rows that each bank of "
              + spec.name()
              + " has: use more devices or a smaller matrix");
    }
  }

  /** How a matrix is cut for one processor. */
  private final class Tile {
    final long columns;
    final long inputs;
    final long rows;
    final long outputs;
    final long chunks;

    /** Rows of a bank that hold a chunk. */
    final long blocks;

    final int vectors;

    Tile(long columns, long inputs, long rows, long perRow, int vectors) {
      this.columns = columns;
      this.inputs = inputs;
      this.rows = rows;
      this.vectors = vectors;
      outputs = Math.min(rows, perRow / inputs);
      chunks = ceil(columns, inputs);
      blocks = ceil(rows, outputs);
    }

    /** Rows of each bank that hold it. */
    long rowsTaken() {
      return LongMath.saturatedMultiply(chunks, blocks);
    }

    long fullChunks() {
      return columns / inputs;
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
      long load = (chunks - 1) * loadBursts(0) + loadBursts(chunks - 1);
      long groups = ceil(rows, kept() / outputs * outputs);
      return (groups - 1) * load <= (chunks - 1) * readBursts(rows);
    }
  }

  private void outputsStay(Tile tile, long base) {
    long together = tile.kept() / tile.outputs * tile.outputs;
    long first = Math.min(tile.rows, together);
    long stride = together / tile.outputs;
    boolean again = tile.chunks > 1;
    group(tile, first, true, base);
    long more = tile.rows / together - 1;
    if (more > 0) {
      int loop = program.loop(more);
      group(tile, together, again, base + stride);
      program.close(loop, stride);
    }
    long rest = tile.rows % together;
    if (rest > 0 && more >= 0) {
      group(tile, rest, again, base + tile.rows / together * stride);
    }
  }

  /** So many outputs go through all chunks. */
  private void group(Tile tile, long outputs, boolean loads, long base) {
    int loop = program.loop(tile.fullChunks());
    chunk(tile, 0, outputs, loads, base);
    program.close(loop, tile.blocks);
    if (tile.fullChunks() < tile.chunks) {
      chunk(tile, tile.fullChunks(), outputs, loads, base + tile.fullChunks() * tile.blocks);
    }
    read(tile.readBursts(outputs));
  }

  private void chunk(Tile tile, long number, long outputs, boolean loads, long base) {
    if (loads) {
      load(tile.loadBursts(number));
    }
    long bursts = tile.inputsOf(number) / lanes;
    long full = outputs / tile.outputs;
    int loop = program.loop(full);
    row(tile.outputs * bursts, base);
    program.close(loop, 1);
    if (outputs % tile.outputs > 0) {
      row(outputs % tile.outputs * bursts, base + full);
    }
  }

  private void row(long multiplies, long row) {
    program.activate(row);
    program.times(Step.MULTIPLY, multiplies);
    program.precharge();
  }

  private void inputsStay(Tile tile, long base) {
    int loop = program.loop(tile.fullChunks());
    chunkStays(tile, 0, base);
    program.close(loop, tile.blocks);
    if (tile.fullChunks() < tile.chunks) {
      chunkStays(tile, tile.fullChunks(), base + tile.fullChunks() * tile.blocks);
    }
  }

  /** All outputs go through one chunk. */
  private void chunkStays(Tile tile, long number, long base) {
    load(tile.loadBursts(number));
    long bursts = tile.inputsOf(number) / lanes;
    long full = tile.rows / tile.outputs;
    int loop = program.loop(full);
    block(tile, tile.outputs, bursts, base);
    program.close(loop, 1);
    if (tile.rows % tile.outputs > 0) {
      block(tile, tile.rows % tile.outputs, bursts, base + full);
    }
  }

  /** One row: its outputs in turn, as many at a time as there are accumulators. */
  private void block(Tile tile, long outputs, long bursts, long row) {
    boolean closes = spec.timings().registerRow();
    long kept = Math.min(Math.max(1, tile.kept()), outputs);
    long last = outputs - (ceil(outputs, kept) - 1) * kept;
    program.activate(row);
    int loop = program.loop(ceil(outputs, kept) - 1);
    program.times(Step.MULTIPLY, kept * bursts);
    if (closes) {
      program.precharge();
    }
    read(tile.readBursts(kept));
    if (closes) {
      program.activate(row);
    }
    program.close(loop, 0);
    program.times(Step.MULTIPLY, last * bursts);
    program.precharge();
    read(tile.readBursts(last));
  }

  private void load(long bursts) {
    transfer(Step.LOAD, bursts);
  }

  private void read(long bursts) {
    transfer(Step.READ, bursts);
  }

  private void transfer(Step step, long bursts) {
    if (spec.timings().registerRow()) {
      program.activateRegisters(standard.rows() - 1);
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

  /** The program of every unit, as it was laid out: from row 0 on. */
  StepProgram program() {
    return program;
  }

  /**
   * The program of a unit, to be carried out once.
   *
   * @param firstRow row with which the matrices begin; less if they would not fit behind it
   */
  public AllBankProgram program(long firstRow) {
    long most = standard.rows() - reservedRows - rowsUsed;
    return program.fresh((int) Math.min(firstRow, most));
  }

  /**
   * Ticks that the program takes on a channel at rest, without refresh and with the command bus to
   * itself: no run of it takes less (law F3).
   */
  public long boundTicks() {
    PimClosedForm form =
        new PimClosedForm(spec.standard(), spec.compute(), spec.timings(), spec.unitBanks());
    // Where columns begin on every other tick only, it may matter on which one the kernel comes.
    return Math.min(form.ticks(program, 0), form.ticks(program, 1));
  }

  /** Ticks from one row to the next while the program runs undisturbed, on average; at least 1. */
  public long rowTicks() {
    return Math.max(1, boundTicks() / Math.max(1, program.total(Step.PRECHARGE)));
  }

  /** Rows of each bank that hold matrices. */
  public int rowsUsed() {
    return (int) rowsUsed;
  }

  /** Partial results that are added outside the processors. */
  public long additions() {
    return additions;
  }

  /** FLOPs of softmax and additions outside the processors. */
  public long vectorFlops() {
    return vectorFlops;
  }

  /** Bytes that all processors read from their banks. */
  public long bankBytes() {
    return program.total(Step.MULTIPLY) * allUnits() * spec.processors() * standard.burstBytes();
  }

  /** Products that the processors have room for while they read that, padding included. */
  public long slots() {
    return bankBytes() / elementBytes * spec.vectorsPerPass();
  }

  private long channelBytes(Step step) {
    return program.total(step) * allUnits() * spec.buses() * standard.burstBytes();
  }

  /** Bytes of input on all data buses. */
  public long inputBytes() {
    return channelBytes(Step.LOAD);
  }

  /** Bytes of results on all data buses. */
  public long resultBytes() {
    return channelBytes(Step.READ);
  }
}
