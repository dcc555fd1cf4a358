package memwall.memory.dram.reference;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Map;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.PagePolicy;
import memwall.memory.dram.channel.QueueOrder;
import memwall.memory.dram.channel.RefreshPolicy;

/**
 * A run of the reference simulator that we made ourselves: a device, a controller, a stream, and
 * what came out. A line of {@code ramulator/reference.csv}.
 *
 * @param device key in {@code ramulator/devices.yaml}
 * @param mapping order of the address fields
 * @param readQueue entries of the read queue
 * @param writeQueue entries of the write queue
 * @param highPercent upper watermark of the write queue
 * @param lowPercent lower watermark
 * @param page {@code open} or {@code closed:N}
 * @param refresh {@code all-bank}, {@code per-bank} or {@code none}
 * @param order {@code fr-fcfs-row-hit} or {@code fr-fcfs}
 * @param stream the requests
 * @param recorded what the reference counted, by column
 */
record RecordedCase(
    String device,
    String mapping,
    int readQueue,
    int writeQueue,
    int highPercent,
    int lowPercent,
    String page,
    String refresh,
    String order,
    StreamRecipe stream,
    ImmutableMap<String, Long> recorded) {

  /** Columns before the results; those from {@code addresses} on are the stream. */
  static final int INPUTS = 19;

  static RecordedCase of(List<String> header, String line) {
    List<String> words = Splitter.on(',').splitToList(line);
    ImmutableMap.Builder<String, Long> recorded = ImmutableMap.builder();
    for (int i = INPUTS; i < words.size(); i++) {
      recorded.put(header.get(i), Long.parseLong(words.get(i)));
    }
    return new RecordedCase(
        words.get(0),
        words.get(1),
        number(words, 2),
        number(words, 3),
        number(words, 4),
        number(words, 5),
        words.get(6),
        words.get(7),
        words.get(8),
        new StreamRecipe(
            words.get(9),
            number(words, 10),
            number(words, 11),
            number(words, 12),
            words.get(13),
            number(words, 14),
            number(words, 15),
            number(words, 16),
            number(words, 17),
            number(words, 18)),
        recorded.buildOrThrow());
  }

  private static int number(List<String> words, int column) {
    return Integer.parseInt(words.get(column));
  }

  ControllerSpec controller() {
    boolean open = page.equals("open");
    int hits = open ? 4 : Integer.parseInt(page.substring("closed:".length()));
    RefreshPolicy policy =
        switch (refresh) {
          case "all-bank" -> RefreshPolicy.ALL_BANK;
          case "per-bank" -> RefreshPolicy.PER_BANK;
          case "none" -> RefreshPolicy.NONE;
          default -> throw new IllegalArgumentException(refresh);
        };
    return ControllerSpec.usual(mapping)
        .queues(readQueue, writeQueue)
        .watermarks(highPercent, lowPercent)
        .page(open ? PagePolicy.OPEN : PagePolicy.CLOSED, hits)
        .refresh(policy)
        .order(order.equals("fr-fcfs") ? QueueOrder.FR_FCFS : QueueOrder.FR_FCFS_ROW_HIT)
        .build();
  }

  /** What our channel makes of it, by column. */
  Map<String, Long> ours(DramReferenceDevice.Standards devices) {
    return RecordedResult.of(
        ReferenceHost.run(
            stream.requests(), DramReferenceDevice.of(devices.get(device), controller())));
  }

  @Override
  public String toString() {
    return String.join(
        " ",
        device,
        mapping,
        readQueue + "/" + writeQueue,
        lowPercent + ".." + highPercent + "%",
        page,
        refresh,
        order,
        stream.toString());
  }
}
