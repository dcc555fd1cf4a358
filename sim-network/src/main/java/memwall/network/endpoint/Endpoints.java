package memwall.network.endpoint;

import java.util.ArrayList;
import java.util.List;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.core.stat.Counter;
import memwall.core.stat.Stats;
import memwall.core.unit.Units;
import memwall.network.collective.OperationQueues;
import memwall.network.collective.Schedule;
import org.jspecify.annotations.Nullable;

/**
 * The ranks at the nodes of a network, which carry out schedules, several at a time.
 *
 * <p>A rank's processor does one thing at a time, in the order in which they come to it: it posts
 * sends, takes received messages, adds and computes. A message leaves when its send has been
 * posted, which also ends the send; its receive is open for it when what that waits for is done. A
 * message has come when it is in its place and the processor knows; then, or when the receive is
 * open, the processor takes it.
 *
 * <p>A long class: all that a message goes through at its ends, in its order, with what deadlines
 * and dead nodes change in each step.
 */
public final class Endpoints {
  private static final int NONE = OperationQueues.NONE;

  /** A word is the number of a play, the life of a rank, and an operation. */
  private static final int PLAY_SHIFT = 32;

  private static final int LIFE_SHIFT = 24;
  private static final int OPERATION_MASK = (1 << LIFE_SHIFT) - 1;

  private final EndpointSpec spec;
  private final Simulation simulation;
  private final Carrier carrier;
  private final int nodeStride;
  private final Event posted;
  private final Event placed;
  private final Event worked;
  private final long[] processorFreePs;
  private final Slots slots;

  /** Schedules under way by number; numbers are used again. */
  private final List<Play> plays = new ArrayList<>();

  private final List<Integer> freeNumbers = new ArrayList<>();

  private final Counter consumed;

  /** Deadlines of receives; null where there are none. */
  private @Nullable Deadlines deadlines;

  private @Nullable Event dropped;

  /** Ranks whose nodes can die; null where they do not. */
  private @Nullable Lives lives;

  private @Nullable Event repeated;

  /** Operations that end without ranks; null unless there are both of these. */
  private @Nullable Absence absence;

  /** Messages that a processor knew of, and that nobody waited for any more. */
  private long knownMessages;

  private long droppedMessages;

  /**
   * Idle ranks.
   *
   * @param carrier of their messages
   * @param ranks how many there are; rank i is at node i x {@code nodeStride}
   */
  public Endpoints(
      Simulation simulation,
      Stats stats,
      Carrier carrier,
      EndpointSpec spec,
      int ranks,
      int nodeStride) {
    this.simulation = simulation;
    this.carrier = carrier;
    this.spec = spec;
    this.nodeStride = nodeStride;
    posted = simulation.event("posted", this::post);
    placed = simulation.event("placed", this::know);
    worked = simulation.event("worked", this::end);
    processorFreePs = new long[ranks];
    slots = new Slots(stats, spec, ranks);
    consumed = stats.counter("consumed", "1", "Messages that a rank took");
  }

  /**
   * Receives have deadlines from now on; all schedules are the same one then.
   *
   * @return what is counted of them
   */
  Deadlines withDeadlines(Stats stats, MessageDeadline deadline) {
    Deadlines made = new Deadlines(simulation, stats, deadline, this::substitute);
    deadlines = made;
    dropped = simulation.event("dropped", this::drop);
    return made;
  }

  /**
   * Nodes of ranks can die from now on; plays follow one another then.
   *
   * @param known as {@link Lives} need it, told here of ranks that go on
   */
  void withLives(Lives known) {
    lives = known;
    repeated = simulation.event("repeated", this::repeat);
  }

  /** Operations may go on without ranks that have no node. */
  void withAbsence(Absence absent) {
    absence = absent;
  }

  /** Plays that may have messages under way, and others. */
  List<Play> plays() {
    return plays;
  }

  /** Messages that came to ranks which have not taken them. */
  long untaken() {
    return knownMessages - consumed.value() - droppedMessages;
  }

  /**
   * Prepares a schedule; its ranks begin one by one.
   *
   * @param listener is told when a rank has done its part
   * @throws IllegalArgumentException if it has more ranks than there are
   */
  public Play play(Schedule schedule, Play.Listener listener) {
    return play(schedule, listener, 1);
  }

  /**
   * Prepares a schedule.
   *
   * @param round number of the operation, from 1: how old what was received in an earlier one is
   */
  Play play(Schedule schedule, Play.Listener listener, int round) {
    if (schedule.ranks() > processorFreePs.length) {
      throw new IllegalArgumentException(
          schedule.ranks() + " ranks of a schedule, there are " + processorFreePs.length);
    }
    int number = freeNumbers.isEmpty() ? plays.size() : freeNumbers.remove(freeNumbers.size() - 1);
    Deadlines known = deadlines;
    PlayWaits waits = known == null ? null : known.begin(schedule, round);
    Lives alive = lives;
    PlayCopies copies = alive == null ? null : new PlayCopies(schedule);
    Play play = new Play(this, number, schedule, listener, waits, copies);
    if (alive != null) {
      alive.present = play;
    }
    if (number == plays.size()) {
      plays.add(play);
    } else {
      plays.set(number, play);
    }
    return play;
  }

  /** A rank's processor has something else to do for some time from now on. */
  public void occupy(int rank, long durationPs) {
    processorFreePs[rank] =
        Math.addExact(Math.max(simulation.nowPs(), processorFreePs[rank]), durationPs);
  }

  /** Messages that ranks took. */
  public long consumed() {
    return consumed.value();
  }

  /**
   * Compares what came with what was taken; at a moment when no schedule is under way.
   *
   * @return a sentence for each law that does not hold
   */
  public List<String> checkLaws() {
    List<String> broken = new ArrayList<>();
    Lives alive = lives;
    slots.checkLaws(
        consumed.value(),
        droppedMessages,
        alive == null ? 0 : alive.forgotten.value(),
        rank -> alive != null && alive.isDead(rank),
        broken);
    return broken;
  }

  /** The processor is busy with an operation behind what it has to do. */
  private void work(Event event, Play play, int operation, long durationPs) {
    work(event, play, operation, play.schedule.rank(operation), durationPs);
  }

  private void work(Event event, Play play, int operation, int rank, long durationPs) {
    long startPs = Math.max(simulation.nowPs(), processorFreePs[rank]);
    processorFreePs[rank] = Math.addExact(startPs, durationPs);
    event.at(processorFreePs[rank], word(play, operation, rank));
  }

  /** Void if the rank dies. */
  private long word(Play play, int operation, int rank) {
    Lives known = lives;
    int life = known == null ? 0 : known.life(rank);
    return ((long) play.number << PLAY_SHIFT) | ((long) life << LIFE_SHIFT) | operation;
  }

  private boolean isVoid(long word, int rank) {
    Lives known = lives;
    return known != null && known.life(rank) != ((int) word >>> LIFE_SHIFT);
  }

  /** The operation in a word. */
  static int operation(long word) {
    return (int) word & OPERATION_MASK;
  }

  private Play playOf(long word) {
    return plays.get((int) (word >>> PLAY_SHIFT));
  }

  /** Begins all operations of a play that wait for nothing. */
  void settle(Play play) {
    Schedule schedule = play.schedule;
    for (int operation = play.open.next(); operation != NONE; operation = play.open.next()) {
      if (play.holdsBack(operation)) {
        continue;
      }
      play.open.started(operation);
      switch (schedule.kind(operation)) {
        case Schedule.SEND -> work(posted, play, operation, spec.sendPs());
        case Schedule.COMPUTE -> work(worked, play, operation, schedule.durationPs(operation));
        case Schedule.WAIT ->
            worked.in(
                schedule.durationPs(operation), word(play, operation, schedule.rank(operation)));
        default -> {
          int channel = schedule.channel(operation);
          int waiting = play.meetings.head(channel);
          if (waiting != NONE && schedule.kind(waiting) == Schedule.SEND) {
            take(play, operation, play.meetings.take(channel));
          } else {
            play.meetings.append(channel, operation);
            Deadlines known = deadlines;
            if (known != null) {
              known.opened(play, operation);
            }
          }
        }
      }
    }
  }

  /** A send has been posted: its message leaves, unless its receiver has it. */
  private void post(long word) {
    Play play = playOf(word);
    int send = operation(word);
    if (isVoid(word, play.schedule.rank(send))) {
      return;
    }
    PlayCopies copies = play.copies;
    boolean isThere = copies != null && copies.arrived[send];
    if (copies != null) {
      copies.posted[send] = true;
    }
    if (!isThere) {
      transmit(play, send);
    }
    end(word);
  }

  private void transmit(Play play, int send) {
    Schedule schedule = play.schedule;
    Deadlines waits = deadlines;
    if (waits != null) {
      waits.sent(play, send);
    }
    PlayCopies copies = play.copies;
    if (copies != null) {
      if (waits != null && copies.lost[send]) {
        waits.recovered(play, schedule.channel(send));
      }
      copies.lost[send] = false;
      copies.underWay[send]++;
    }
    int from = schedule.rank(send);
    int to = schedule.peer(send);
    Lives known = lives;
    play.messageLeaves();
    if (known == null) {
      from *= nodeStride;
      to *= nodeStride;
    } else {
      known.copies.add(1);
      from = known.nodeOf(from);
      to = known.nodeOf(to);
    }
    long word = word(play, send, schedule.peer(send));
    carrier.send(from, to, schedule.bytes(send), this::arrive, word);
  }

  /** The last tail of a message is at its node. */
  private void arrive(long word) {
    Play play = playOf(word);
    int send = operation(word);
    int rank = play.schedule.peer(send);
    Lives known = lives;
    PlayCopies copies = play.copies;
    if (known != null && copies != null) {
      boolean isVoid = isVoid(word, rank);
      copies.underWay[send] -= isVoid ? 0 : 1;
      if (isVoid || known.isDead(rank)) {
        known.voided.add(1);
        play.messageEnds();
        return;
      }
      if (copies.arrived[send]) {
        known.duplicates.add(1);
        play.messageEnds();
        return;
      }
      copies.arrived[send] = true;
      known.delivered.add(1);
      word = word(play, send, rank);
    }
    boolean inSram = slots.put(rank, play.schedule.bytes(send));
    play.inSram[send] = inSram;
    placed.in((inSram ? spec.sramPs() : spec.memoryPs()) + spec.notifyPs(), word);
  }

  /** The processor knows of a message. */
  private void know(long word) {
    Play play = playOf(word);
    int send = operation(word);
    if (isVoid(word, play.schedule.peer(send))) {
      return;
    }
    int channel = play.schedule.channel(send);
    knownMessages++;
    Deadlines known = deadlines;
    Event drop = dropped;
    if (known != null && drop != null && known.isLate(play, channel)) {
      known.dropped(play, channel);
      if (play.copies != null) {
        play.copies.taken[send] = true;
      }
      work(drop, play, send, play.schedule.peer(send), spec.receivePs());
      return;
    }
    int receive = play.meetings.head(channel);
    if (receive != NONE && play.schedule.kind(receive) != Schedule.SEND) {
      take(play, play.meetings.take(channel), send);
    } else {
      play.meetings.append(channel, send);
    }
  }

  /** The processor has taken a message that nobody waits for any more; its place is free. */
  private void drop(long word) {
    Play play = playOf(word);
    int send = operation(word);
    int rank = play.schedule.peer(send);
    droppedMessages++;
    if (play.inSram[send] && !isVoid(word, rank)) {
      slots.free(rank);
      play.inSram[send] = false;
    }
    play.messageEnds();
  }

  /** A receive goes on with a substitute. */
  private void substitute(Play play, int receive) {
    Schedule schedule = play.schedule;
    play.meetings.remove(schedule.channel(receive), receive);
    Deadlines known = deadlines;
    boolean adds =
        known != null
            && known.substituteTakesWork()
            && schedule.kind(receive) == Schedule.RECEIVE_ADD;
    work(worked, play, receive, adds ? addPs(schedule, receive) : 0);
  }

  private long addPs(Schedule schedule, int receive) {
    return Units.transferPs(schedule.bytes(receive), spec.addBytesPerSec());
  }

  /**
   * A message cannot be delivered; its receive waits for ever, for its deadline, or for a spare.
   *
   * @return whether nobody sends it again that is known now
   */
  boolean givenUp(long word) {
    Play play = playOf(word);
    int send = operation(word);
    Deadlines known = deadlines;
    PlayCopies copies = play.copies;
    boolean isLast = true;
    if (copies != null) {
      boolean isVoid = isVoid(word, play.schedule.peer(send));
      copies.underWay[send] -= isVoid ? 0 : 1;
      isLast = !isVoid && !copies.arrived[send] && copies.underWay[send] == 0;
      copies.lost[send] |= isLast;
    }
    if (known != null && isLast) {
      known.givenUp(play, play.schedule.channel(send));
    }
    play.messageEnds();
    Lives alive = lives;
    if (alive != null) {
      alive.givenUp.add(1);
    }
    return alive == null;
  }

  /** All ranks that have a node begin an operation. */
  void beginAlive(Play play) {
    Lives known = lives;
    play.beginThose(
        simulation.nowPs(),
        rank -> known == null || !known.isDead(rank),
        absence != null && absence.leavesOut());
  }

  /** A rank has another node: its processor and its places are free. */
  void renew(int rank) {
    processorFreePs[rank] = simulation.nowPs();
    slots.renew(rank);
  }

  /** A message is posted again, behind what its sender's processor has to do. */
  void repeatLater(Play play, int send) {
    Event event = repeated;
    if (event != null) {
      play.messageLeaves();
      work(event, play, send, spec.sendPs());
    }
  }

  /** A message has been posted again. */
  private void repeat(long word) {
    Play play = playOf(word);
    int send = operation(word);
    Lives known = lives;
    PlayCopies copies = play.copies;
    boolean isWanted =
        !isVoid(word, play.schedule.rank(send)) && copies != null && !copies.arrived[send];
    if (isWanted && known != null) {
      known.repeated.add(1);
      transmit(play, send);
    }
    play.messageEnds();
  }

  /** The processor takes a message; its place is free when it has. */
  private void take(Play play, int receive, int send) {
    Schedule schedule = play.schedule;
    long addPs = schedule.kind(receive) == Schedule.RECEIVE_ADD ? addPs(schedule, receive) : 0;
    consumed.add(1);
    Deadlines known = deadlines;
    if (known != null) {
      known.taken(play, receive, send);
    }
    play.inSram[receive] = play.inSram[send];
    PlayCopies copies = play.copies;
    if (copies != null) {
      if (copies.taken[send]) {
        throw new IllegalStateException(schedule.describe(send) + ": delivered twice");
      }
      copies.taken[send] = true;
    }
    play.messageEnds();
    work(worked, play, receive, spec.receivePs() + addPs);
  }

  private void end(long word) {
    Play play = playOf(word);
    int operation = operation(word);
    int rank = play.schedule.rank(operation);
    if (isVoid(word, rank)) {
      return;
    }
    if (play.inSram[operation] && play.schedule.kind(operation) != Schedule.SEND) {
      slots.free(rank);
      play.inSram[operation] = false;
    }
    PlayWaits waits = play.waits;
    if (waits != null) {
      waits.spread(operation);
    }
    play.open.done(operation);
    settle(play);
    play.ended(rank, simulation.nowPs());
  }

  /** A rank of a play has done its part. */
  void finished(Play play, int rank) {
    Deadlines known = deadlines;
    if (known != null) {
      known.done(play, rank);
    }
  }

  /** Whether a rank has a node. */
  boolean isAnybodyHere() {
    Lives known = lives;
    return known == null || known.anyAlive();
  }

  /** A play is over, maybe without ranks that have no node. */
  void closed(Play play) {
    Absence absent = absence;
    if (absent != null) {
      absent.closed(play);
    }
  }

  /** A play is over: its number may be given to another. */
  void release(Play play) {
    freeNumbers.add(play.number);
  }
}
