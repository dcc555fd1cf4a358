package memwall.network;

import java.util.function.Supplier;
import memwall.core.Completion;
import memwall.network.collective.Schedule;
import org.jspecify.annotations.Nullable;

/** A collective, or a message, of a {@link FabricNetwork} from its first call to its last end. */
final class FabricOperation {
  final Plan plan;
  final RankCalls calls;

  FabricOperation(Plan plan, int ranks) {
    this.plan = plan;
    calls = new RankCalls(ranks);
  }

  static FabricOperation message(Plan plan, Completion completion, long word) {
    FabricOperation operation = new FabricOperation(plan, 1);
    operation.calls.call(0, 0, completion, word);
    return operation;
  }

  /**
   * What an operation of a size does, and, once it has been seen from rest to rest, its outcome.
   */
  static final class Plan {
    /** Operations of the largest schedule that is worth keeping. */
    private static final int MOST_KEPT = 1 << 10;

    /** What tells plans of collectives from each other. */
    record Key(Collective collective, long bytes) {}

    /** In the order in which plans were made. */
    final int number;

    /** Null of a message. */
    final @Nullable Collective collective;

    final long bytes;
    private final Supplier<Schedule> maker;
    private @Nullable Schedule schedule;

    /** Of its messages, once the schedule has been made. */
    long messages;

    long messageBytes;

    /** From begin to the last rank's end; -1 while it is not known. */
    long durationPs = -1;

    /** Time that ranks which were done waited for the last one, their sum. */
    long unevenPs;

    long linkFlits;

    Plan(int number, @Nullable Collective collective, long bytes, Supplier<Schedule> maker) {
      this.number = number;
      this.collective = collective;
      this.bytes = bytes;
      this.maker = maker;
    }

    boolean isKnown() {
      return durationPs >= 0;
    }

    /** Its messages. Made again after {@link #learn} has let go of them. */
    Schedule schedule() {
      Schedule made = schedule;
      if (made == null) {
        made = maker.get();
        schedule = made;
        messages = made.sends();
        messageBytes = 0;
        for (int operation = 0; operation < made.operations(); operation++) {
          if (made.kind(operation) == Schedule.SEND) {
            messageBytes += made.bytes(operation);
          }
        }
      }
      return made;
    }

    /** The operation was carried out on a network at rest that nothing else used. */
    void learn(long newDurationPs, long newUnevenPs, long newLinkFlits) {
      durationPs = newDurationPs;
      unevenPs = newUnevenPs;
      linkFlits = newLinkFlits;
      letGo();
    }

    /** Frees a large schedule; it is made again when it is needed. */
    void letGo() {
      if (schedule != null && schedule.operations() > MOST_KEPT) {
        schedule = null;
      }
    }
  }
}
