package memwall.network;

import java.util.List;
import memwall.core.Completion;
import memwall.core.Waiting;
import memwall.core.leap.Leapable;

/**
 * The interconnect of one machine: messages between its ranks, and collectives of all ranks. Its
 * fidelity and topology are chosen at construction ({@link NetworkModels}) and cannot be seen here.
 *
 * <p>A network may be folded: one representative rank is simulated instead of all, which talks to
 * itself and is counted as many. Then only rank 0 calls collectives and sends messages, each of
 * which stands for one of every rank.
 */
public interface Network extends Communicator, Leapable, Waiting {
  /**
   * Sends a message.
   *
   * @param from sending rank
   * @param to receiving rank; a message to oneself does not enter the network and arrives with
   *     delay 0
   * @param bytes size, 0 or more; an empty message still pays overheads and latencies
   * @param done called when the last byte has arrived
   * @param word passed to {@code done}
   * @throws IllegalArgumentException if a rank is unknown or the size negative
   */
  void send(int from, int to, long bytes, Completion done, long word);

  /** How many ranks call this network: {@link #ranks()}, or 1 if the network is folded. */
  int simulatedRanks();

  /**
   * Compares what entered with what left: bytes, messages, contributions, slots, operations. Can be
   * called at any time; what is still under way is taken into account.
   *
   * @return a sentence for each law that does not hold; empty if all do
   */
  List<String> checkLaws();
}
