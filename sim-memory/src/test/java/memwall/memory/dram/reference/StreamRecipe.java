package memwall.memory.dram.reference;

/**
 * How the requests of a {@link RecordedCase} are made, from three generators seeded {@code seed},
 * {@code seed + 1} and {@code seed + 2} for addresses, kinds and arrivals.
 *
 * @param addresses {@code seq}; {@code rand}; {@code stride} and {@code conflict} (1024 rows round)
 *     of {@code bytes}; {@code block}: blocks of {@code bytes} anywhere, each in order
 * @param bytes of a stride or block
 * @param spaceBits addresses lie below 2 to this power
 * @param writePercent share of writes
 * @param arrivals {@code sat}: all at once; {@code chase}: one at a time; {@code gap}: one each
 *     {@code rate} ticks; {@code const} and {@code bern}: {@code rate} percent of the slots, evenly
 *     or by chance; {@code burst}: 16 each {@code rate} ticks
 * @param rate see there
 * @param transactionBytes bytes of a request
 * @param slotTicks ticks of a request at the peak rate
 * @param size number of requests
 * @param seed first seed
 */
record StreamRecipe(
    String addresses,
    int bytes,
    int spaceBits,
    int writePercent,
    String arrivals,
    int rate,
    int transactionBytes,
    int slotTicks,
    int size,
    int seed) {

  private static final int CONFLICT_ROWS = 1024;
  private static final int BURST = 16;

  ReferenceStream requests() {
    return new ReferenceStream(
        toString(), addressOfEach(), writeOfEach(), arrivalOfEach(), isChase());
  }

  private boolean isChase() {
    return arrivals.equals("chase");
  }

  private long[] addressOfEach() {
    long[] all = new long[size];
    SplitMix random = new SplitMix(seed);
    long space = 1L << spaceBits;
    long block = 0;
    for (int i = 0; i < size; i++) {
      switch (addresses) {
        case "seq" -> all[i] = (long) i * transactionBytes % space;
        case "rand" -> all[i] = anywhere(random, transactionBytes);
        case "stride" -> all[i] = (long) i * bytes % space;
        case "conflict" -> all[i] = (long) (i % CONFLICT_ROWS) * bytes;
        case "block" -> {
          int inside = i % (bytes / transactionBytes);
          block = inside == 0 ? anywhere(random, bytes) : block;
          all[i] = block + (long) inside * transactionBytes;
        }
        default -> throw new IllegalArgumentException(addresses);
      }
    }
    return all;
  }

  private long anywhere(SplitMix random, int unit) {
    int bits = spaceBits - Integer.numberOfTrailingZeros(unit);
    return (random.next() >>> (Long.SIZE - bits)) * unit;
  }

  private boolean[] writeOfEach() {
    boolean[] all = new boolean[size];
    SplitMix random = new SplitMix(seed + 1);
    long below = writePercent * (1L << 32) / 100;
    for (int i = 0; i < size; i++) {
      all[i] = random.next() >>> 32 < below;
    }
    return all;
  }

  private long[] arrivalOfEach() {
    long[] all = new long[size];
    SplitMix random = new SplitMix(seed + 2);
    long below = rate * (1L << 32) / 100;
    long slot = -1;
    for (int i = 0; i < size; i++) {
      switch (arrivals) {
        case "sat", "chase" -> all[i] = 0;
        case "gap" -> all[i] = (long) i * rate;
        case "const" -> all[i] = (long) i * slotTicks * 100 / rate;
        case "burst" -> all[i] = (long) (i / BURST) * rate;
        case "bern" -> {
          do {
            slot++;
          } while (random.next() >>> 32 >= below);
          all[i] = slot * slotTicks;
        }
        default -> throw new IllegalArgumentException(arrivals);
      }
    }
    return all;
  }

  @Override
  public String toString() {
    return addresses
        + (bytes > 0 ? ":" + bytes : "")
        + "<2^"
        + spaceBits
        + " w"
        + writePercent
        + "% "
        + arrivals
        + (rate > 0 ? ":" + rate : "")
        + " n"
        + size
        + " s"
        + seed;
  }
}
