package memwall.memory.flash.ftl;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The same translation layer by looking at everything each time: what {@link PageFtl} does without
 * failures, levelling and refresh must be equal to it, operation by operation.
 */
final class PlainFtl {
  private final FtlSpec spec;
  private final List<String> operations = new ArrayList<>();
  private final Map<Integer, Integer> pageOf = new HashMap<>();
  private final Map<Integer, Integer> dataOf = new HashMap<>();
  private final ArrayDeque<Integer> free = new ArrayDeque<>();
  private final List<Integer> full = new ArrayList<>();
  private final Map<Integer, Long> changedAt = new HashMap<>();
  private final Map<Integer, Long> filledAt = new HashMap<>();
  private final int[] open = {-1, -1};
  private final int[] used = {0, 0};
  private long step;
  private long hostPages;

  PlainFtl(FtlSpec spec) {
    this.spec = spec;
    for (int block = 0; block < spec.blocks(); block++) {
      free.add(block);
    }
  }

  List<String> operations() {
    return operations;
  }

  void write(int logicalPage) {
    while (free.size() < spec.freeFloor()) {
      Integer victim = choose();
      full.remove(victim);
      for (int i = 0; i < spec.pagesPerBlock(); i++) {
        int from = victim * spec.pagesPerBlock() + i;
        Integer data = dataOf.get(from);
        if (data != null) {
          int to = append(spec.ownCleaningBlock() ? 1 : 0);
          operations.add("copy " + from + " " + to);
          move(data, to);
          closeIfFull(spec.ownCleaningBlock() ? 1 : 0);
        }
      }
      operations.add("erase " + victim);
      free.add(victim);
    }
    int to = append(0);
    operations.add("program " + to + " " + logicalPage);
    hostPages++;
    move(logicalPage, to);
    closeIfFull(0);
  }

  void trim(int logicalPage) {
    Integer page = pageOf.remove(logicalPage);
    if (page != null) {
      dataOf.remove(page);
      changedAt.put(page / spec.pagesPerBlock(), step++);
    }
  }

  private int valid(int block) {
    int valid = 0;
    for (int i = 0; i < spec.pagesPerBlock(); i++) {
      valid += dataOf.containsKey(block * spec.pagesPerBlock() + i) ? 1 : 0;
    }
    return valid;
  }

  private Integer choose() {
    Integer best = full.get(0);
    for (Integer block : full) {
      boolean better =
          switch (spec.policy()) {
            case FIFO -> false;
            case GREEDY ->
                valid(block) < valid(best)
                    || (valid(block) == valid(best) && changedAt.get(block) < changedAt.get(best));
            case COST_BENEFIT -> worth(block) > worth(best);
            case CHOICES -> throw new IllegalArgumentException("draws");
          };
      best = better ? block : best;
    }
    return best;
  }

  private double worth(int block) {
    // (1 - u) / 2u x age, in an order that does not round equals apart.
    int valid = valid(block);
    double age = hostPages - filledAt.get(block) + 1;
    return (spec.pagesPerBlock() - valid) * age / (2.0 * valid);
  }

  private int append(int which) {
    if (open[which] < 0) {
      open[which] = free.remove();
      used[which] = 0;
    }
    return open[which] * spec.pagesPerBlock() + used[which]++;
  }

  private void move(int data, int to) {
    Integer before = pageOf.put(data, to);
    if (before != null) {
      dataOf.remove(before);
      changedAt.put(before / spec.pagesPerBlock(), step++);
    }
    dataOf.put(to, data);
  }

  private void closeIfFull(int which) {
    if (used[which] == spec.pagesPerBlock()) {
      full.add(open[which]);
      changedAt.put(open[which], step++);
      filledAt.put(open[which], hostPages);
      open[which] = -1;
    }
  }
}
