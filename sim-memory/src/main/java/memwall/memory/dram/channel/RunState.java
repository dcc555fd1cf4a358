package memwall.memory.dram.channel;

import java.util.Arrays;
import memwall.memory.dram.standard.AddressMapping;

/**
 * Describes the state of a channel relative to a run of bursts, and puts a channel into a state
 * that was described.
 *
 * <p>The state has such a description while everything inside belongs to one contiguous run: then a
 * request is known by how many bursts it lies behind the next one. Open rows are known by their
 * distance from the run's present row; those further away are foreign: all that matters of them is
 * that they are not the run's. They are not described and stay what they are when a state is
 * restored.
 *
 * <p>In a {@link BankRing} only the banks of pages with requests inside are described, by whether
 * their row is open. Of all others it is known elsewhere whether they are open; they stay what they
 * are. Banks, groups and whatever lies between them and the scopes are named relative to the run.
 *
 * <p>Writes of others below the watermark do nothing as long as reads are queued, nor do reads of
 * others while a sender keeps the queue of writes above the lower watermark. They are no part of
 * the description and stay in their queue when a state is restored.
 */
final class RunState {
  private static final int CLOSED = 0;
  private static final int FOREIGN = 1;
  private static final int NEAR = 2;

  private final Scheduler scheduler;
  private final ChannelState state;
  private final RequestQueues queues;
  private final int[] order;

  /** How many bursts the request exchanged last lies behind the next one. */
  private long lastBack;

  /** Requests of the run in the queue: so many entries of {@link #order} hold. */
  private int ordered;

  // Scratch: banks of which a request is inside; requests that wait, four numbers each.
  private final long[] wanted;
  private final long[] waiting;

  RunState(Scheduler scheduler) {
    this.scheduler = scheduler;
    state = scheduler.state;
    queues = scheduler.queues;
    order = new int[queues.bank.length];
    wanted = new long[queues.words];
    waiting = new long[4 * order.length];
  }

  /** Whether everything inside belongs to the run, and no foreign row will once be the run's. */
  boolean isDescribable(StreamFrame frame) {
    frame.waiting = queues.queued[other(frame)];
    if ((frame.waiting > 0 && !othersOnlyWait(frame)) || !state.reads.isAll(frame.word)) {
      return false;
    }
    int way = way(frame);
    int count = queues.inOrder(way, order);
    for (int i = 0; i < count; i++) {
      if (!belongs(order[i], frame)) {
        return false;
      }
    }
    for (int i = 0; i < queues.activeCount; i++) {
      if (!belongs(queues.active[i], frame)) {
        return false;
      }
    }
    if (scheduler.halfOpened() >= 0 && !belongs(scheduler.halfOpened(), frame)) {
      return false;
    }
    if (frame.ring.isRing()) {
      return isWindowDescribable(frame, count);
    }
    for (int bank = 0; bank < state.openRow.length; bank++) {
      int row = frame.rows.number(bank, state.openRow[bank]);
      if (BankMask.is(state.open, bank)
          && row > frame.row + frame.reach()
          && row <= frame.lastRow + frame.reach()) {
        return false;
      }
    }
    return true;
  }

  /** Whether all requests inside wait in their queues since a tick. */
  boolean isAllAcceptedAt(long tick) {
    for (int way = RequestQueues.READ; way <= RequestQueues.WRITE; way++) {
      int oldest = queues.ages[way].oldest();
      if (oldest >= 0 && queues.accepted[oldest] != tick) {
        return false;
      }
    }
    return queues.size() == queues.queued[RequestQueues.READ] + queues.queued[RequestQueues.WRITE];
  }

  private static int way(StreamFrame frame) {
    return frame.write ? RequestQueues.WRITE : RequestQueues.READ;
  }

  private static int other(StreamFrame frame) {
    return frame.write ? RequestQueues.READ : RequestQueues.WRITE;
  }

  // Writes below the watermark wait as long as reads are queued. They must not answer a read.
  private boolean othersOnlyWait(StreamFrame frame) {
    if (!scheduler.holdsBack(other(frame))) {
      return false;
    }
    if (frame.write) {
      return true;
    }
    int count = queues.inOrder(RequestQueues.WRITE, order);
    for (int i = 0; i < count; i++) {
      long transaction = queues.transaction[order[i]];
      if (transaction >= frame.next && transaction < frame.end) {
        return false;
      }
    }
    return true;
  }

  private boolean belongs(int slot, StreamFrame frame) {
    return queues.word[slot] == frame.word
        && queues.direction[slot] == way(frame)
        && queues.transaction[slot] >= frame.first
        && (frame.ring.isRing() || frame.isNear(queues.transaction[slot]))
        && queues.transaction[slot] < frame.next;
  }

  // Pages inside must lie close together, and no bank of theirs that the run has visited stand open
  // for somebody else.
  private boolean isWindowDescribable(StreamFrame frame, int count) {
    Arrays.fill(wanted, 0);
    long oldest = frame.next;
    for (int i = 0; i < count; i++) {
      oldest = Math.min(oldest, queues.transaction[order[i]]);
      BankMask.set(wanted, queues.bank[order[i]]);
    }
    for (int i = 0; i < queues.activeCount; i++) {
      oldest = Math.min(oldest, queues.transaction[queues.active[i]]);
      BankMask.set(wanted, queues.bank[queues.active[i]]);
    }
    int half = scheduler.halfOpened();
    if (half >= 0) {
      oldest = Math.min(oldest, queues.transaction[half]);
      BankMask.set(wanted, queues.bank[half]);
    }
    BankRing ring = frame.ring;
    long last = ring.page(frame.next - 1);
    long window = oldest == frame.next ? 0 : last - ring.page(oldest) + 1;
    if (window > ring.places() - 2) {
      return false;
    }
    frame.window = (int) window;
    for (long page = last - window + 1; page <= last; page++) {
      for (int i = 0; i < ring.abreast(); i++) {
        int bank = ring.number(ring.index(page) + i);
        if (BankMask.is(state.open, bank)
            && frame.rows.number(bank, state.openRow[bank]) != ring.row(page)
            && !BankMask.is(wanted, bank)
            && ring.visits(page, i, frame.first, frame.next)) {
          return false;
        }
      }
    }
    return true;
  }

  void exchange(StateBuffer buffer, StreamFrame frame, long now) {
    long next = now + 1;
    buffer.part(StateBuffer.PARITY);
    buffer.exchange(now & scheduler.edge);
    buffer.part(StateBuffer.MODE);
    scheduler.writeMode = buffer.exchange(scheduler.writeMode);
    if (frame.ring.isRing()) {
      exchangeWindow(buffer, frame);
    } else {
      exchangeRows(buffer, frame);
    }
    exchangeRequests(buffer, frame);
    state.maintenance.exchange(buffer);
    state.timing.exchange(buffer, frame, next);
    state.exchangePage(buffer, next);
    scheduler.exchangeBus(buffer, frame, next);
    buffer.beginTail();
    exchangeAges(buffer, now);
    buffer.endAges();
    state.reads.exchange(buffer, now, frame.word);
    buffer.endTail();
    if (buffer.isReading()) {
      state.restored();
    }
  }

  private void exchangeRows(StateBuffer buffer, StreamFrame frame) {
    buffer.part(StateBuffer.ROWS);
    Arrays.fill(frame.foreign, 0);
    for (int bank = 0; bank < state.openRow.length; bank++) {
      int code = CLOSED;
      if (BankMask.is(state.open, bank)) {
        long distance = frame.rows.number(bank, state.openRow[bank]) - frame.row;
        boolean near = Math.abs(distance) <= frame.reach();
        code = near ? NEAR + (int) distance + frame.reach() : FOREIGN;
      }
      code = buffer.exchange(code);
      if (code == FOREIGN) {
        BankMask.set(frame.foreign, bank);
      }
      if (buffer.isReading()) {
        BankMask.clear(state.open, bank);
        if (code != CLOSED) {
          BankMask.set(state.open, bank);
        }
        if (code >= NEAR) {
          state.openRow[bank] = frame.rows.row(bank, frame.row + code - NEAR - frame.reach());
        }
      }
    }
    if (buffer.isReading()) {
      countOpen();
    }
  }

  // The banks of the pages inside, the youngest first: closed, open for the page or for another
  // one.
  private void exchangeWindow(StateBuffer buffer, StreamFrame frame) {
    buffer.part(StateBuffer.ROWS);
    BankRing ring = frame.ring;
    frame.window = buffer.exchange(frame.window);
    long last = ring.page(frame.next - 1);
    for (int i = 0; i < frame.window * ring.abreast(); i++) {
      long page = last - i / ring.abreast();
      int bank = ring.number(ring.index(page) + i % ring.abreast());
      int row = frame.rows.row(bank, ring.row(page));
      int code = CLOSED;
      if (BankMask.is(state.open, bank)) {
        code = state.openRow[bank] == row ? NEAR : FOREIGN;
      }
      code = buffer.exchange(code);
      if (buffer.isReading()) {
        BankMask.clear(state.open, bank);
        if (code != CLOSED) {
          BankMask.set(state.open, bank);
        }
        if (code == NEAR) {
          state.openRow[bank] = row;
        }
      }
    }
    if (buffer.isReading()) {
      countOpen();
    }
  }

  private void countOpen() {
    for (int scope = 0; scope < state.geometry.scopes(); scope++) {
      int open = 0;
      for (int bank = state.geometry.firstBank(scope);
          bank <= state.geometry.lastBank(scope);
          bank++) {
        open += BankMask.is(state.open, bank) ? 1 : 0;
      }
      state.counters.setOpen(scope, open);
    }
  }

  // Requests in the queue, then those whose row was opened for them, then the one in between.
  private void exchangeRequests(StateBuffer buffer, StreamFrame frame) {
    int way = way(frame);
    boolean reading = buffer.isReading();
    frame.back = 0;
    lastBack = 0;
    buffer.part(StateBuffer.QUEUE);
    int kept = reading && frame.waiting > 0 ? takeWaiting(frame) : 0;
    int count = queues.inOrder(way, order);
    if (reading) {
      queues.clear();
      state.queuedWrites.clear();
      Arrays.fill(state.active, 0);
      Arrays.fill(state.activating, 0);
      putWaiting(kept, frame);
    }
    count = buffer.exchange(count);
    ordered = count;
    for (int i = 0; i < count; i++) {
      int slot = exchangeRequest(buffer, frame, reading ? 0 : order[i]);
      if (reading) {
        order[i] = slot;
        int bank = queues.bank[slot];
        queues.enter(
            slot, BankMask.is(state.open, bank) && state.openRow[bank] == queues.row[slot]);
        if (frame.write) {
          state.queuedWrites.add(queues.transaction[slot]);
        }
      }
    }
    buffer.part(StateBuffer.ACTIVE);
    int activeCount = buffer.exchange(queues.activeCount);
    for (int i = 0; i < activeCount; i++) {
      int slot = exchangeRequest(buffer, frame, queues.active[i]);
      if (reading) {
        queues.activate(slot);
        BankMask.set(state.active, queues.bank[slot]);
      }
    }
    buffer.part(StateBuffer.BUS);
    boolean isHalf = buffer.exchange(scheduler.halfOpened() >= 0);
    if (isHalf) {
      int slot = exchangeRequest(buffer, frame, scheduler.halfOpened());
      if (reading) {
        scheduler.halfOpened(slot);
        BankMask.set(state.activating, queues.bank[slot]);
      }
    } else if (reading) {
      scheduler.halfOpened(RequestQueues.NONE);
    }
    exchangeContinuation(buffer, count);
  }

  // Who waits is still in its queue: it is taken out and put back as it was.
  private int takeWaiting(StreamFrame frame) {
    int count = queues.inOrder(other(frame), order);
    for (int i = 0; i < count; i++) {
      int slot = order[i];
      waiting[4 * i] = queues.transaction[slot];
      waiting[4 * i + 1] = queues.word[slot];
      waiting[4 * i + 2] = queues.accepted[slot];
      waiting[4 * i + 3] = queues.counted[slot] ? 1 : 0;
    }
    return count;
  }

  private void putWaiting(int count, StreamFrame frame) {
    for (int i = 0; i < count; i++) {
      long transaction = waiting[4 * i];
      long location = frame.mapping.decode(transaction * frame.burstBytes);
      int bank = state.geometry.number(AddressMapping.bank(location));
      int slot = queues.take(other(frame), bank, location, transaction, waiting[4 * i + 1]);
      queues.accepted[slot] = waiting[4 * i + 2];
      queues.counted[slot] = waiting[4 * i + 3] != 0;
      queues.enter(slot, BankMask.is(state.open, bank) && state.openRow[bank] == queues.row[slot]);
      if (!frame.write) {
        state.queuedWrites.add(transaction);
      }
    }
  }

  // A request whose burst must come next is named by its place among the others.
  private void exchangeContinuation(StateBuffer buffer, int count) {
    buffer.part(StateBuffer.BUS);
    int place = -1;
    int slot = scheduler.continued();
    for (int i = 0; slot >= 0 && i < count; i++) {
      place = order[i] == slot ? i : place;
    }
    for (int i = 0; slot >= 0 && i < queues.activeCount; i++) {
      place = queues.active[i] == slot ? count + i : place;
    }
    place = buffer.exchange(place);
    if (buffer.isReading()) {
      if (place < 0) {
        scheduler.continueWith(RequestQueues.NONE, false);
      } else if (place < count) {
        scheduler.continueWith(order[place], false);
      } else {
        scheduler.continueWith(queues.active[place - count], true);
      }
    }
  }

  private int exchangeRequest(StateBuffer buffer, StreamFrame frame, int present) {
    boolean reading = buffer.isReading();
    // Mostly a burst after the one before: written as what is missing in between.
    long missing =
        buffer.exchange(reading ? 0 : lastBack - 1 - frame.next + queues.transaction[present]);
    long back = lastBack - 1 - missing;
    lastBack = back;
    frame.back = Math.max(frame.back, back);
    int slot = present;
    if (reading) {
      long transaction = frame.next - back;
      long location = frame.mapping.decode(transaction * frame.burstBytes);
      slot =
          queues.take(
              way(frame),
              state.geometry.number(AddressMapping.bank(location)),
              location,
              transaction,
              frame.word);
    }
    int part = buffer.part();
    buffer.part(StateBuffer.COUNTED);
    queues.counted[slot] = buffer.exchange(queues.counted[slot]);
    buffer.part(part);
    return slot;
  }

  // In the order in which the requests were exchanged.
  private void exchangeAges(StateBuffer buffer, long now) {
    buffer.part(StateBuffer.AGES);
    for (int i = 0; i < ordered; i++) {
      exchangeAge(buffer, order[i], now);
    }
    for (int i = 0; i < queues.activeCount; i++) {
      exchangeAge(buffer, queues.active[i], now);
    }
    if (scheduler.halfOpened() >= 0) {
      exchangeAge(buffer, scheduler.halfOpened(), now);
    }
  }

  private void exchangeAge(StateBuffer buffer, int slot, long now) {
    queues.accepted[slot] = now - buffer.exchange(now - queues.accepted[slot]);
  }
}
