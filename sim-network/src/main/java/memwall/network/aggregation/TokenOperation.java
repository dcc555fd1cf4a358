package memwall.network.aggregation;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Locale;

/**
 * What is known of an exchange of tokens: which holder has which copy, or whose parts a home has.
 * Tokens are cut into pieces of the group's chunk, each of which goes its way alone; piece p of
 * token t of n pieces has the number n t + p.
 */
final class TokenOperation {
  final int number;
  final boolean isCombine;
  final TokenSets tokens;
  final long callPs;

  /** Pieces of a token. */
  final int piecesEach;

  /** Pieces of all tokens. */
  final int pieces;

  /** When the last copy or part so far was where it belongs. */
  long lastPs;

  private final GroupSpec spec;
  private final long tokenBytes;
  private final Contributions source;
  private final List<String> broken;
  private final AggregationStats stats;
  private final Sum[] there;
  private final long parts;
  private long arrived;

  /**
   * Begins.
   *
   * @param broken gets a sentence for each law that is broken
   */
  TokenOperation(
      GroupSpec spec,
      int number,
      boolean isCombine,
      TokenSets tokens,
      long tokenBytes,
      long callPs,
      Contributions source,
      AggregationStats stats,
      List<String> broken) {
    this.spec = spec;
    this.number = number;
    this.isCombine = isCombine;
    this.tokens = tokens;
    this.tokenBytes = tokenBytes;
    this.callPs = callPs;
    this.source = source;
    this.stats = stats;
    this.broken = broken;
    this.lastPs = callPs;
    this.piecesEach = Math.toIntExact((tokenBytes - 1) / spec.chunkBytes() + 1);
    this.pieces = Math.multiplyExact(tokens.tokens(), piecesEach);
    this.parts = tokens.copies() * piecesEach;
    this.there = new Sum[pieces];
    for (int piece = 0; piece < pieces; piece++) {
      there[piece] = new Sum(tokens.members());
    }
  }

  int token(int piece) {
    return piece / piecesEach;
  }

  int home(int piece) {
    return tokens.home(token(piece));
  }

  long payloadBytes(int piece) {
    return piece % piecesEach < piecesEach - 1
        ? spec.chunkBytes()
        : tokenBytes - (piecesEach - 1L) * spec.chunkBytes();
  }

  long wireBytes(int piece) {
    return payloadBytes(piece) + spec.form().headerBytes();
  }

  /** What a holder gives to the sum of a piece. */
  long value(int holder, int piece) {
    return source.value(holder, piece);
  }

  /** Whether a holder has its copy, or the home a holder's part. */
  boolean isThere(int piece, int holder) {
    return Bits.get(there[piece].mask, holder);
  }

  boolean isDone() {
    return arrived == parts;
  }

  /** Copies or parts have come to where they belong. */
  void arrived(int piece, Sum sum, long atPs) {
    Sum have = there[piece];
    if (Bits.meet(have.mask, sum.mask)) {
      broken.add(at(piece) + "a copy or part comes a second time");
    }
    have.add(sum);
    arrived += Bits.count(sum.mask);
    lastPs = Math.max(lastPs, atPs);
    if (Bits.count(have.mask) == tokens.others(token(piece))) {
      stats.tokenLatency.record(atPs - callPs);
    }
  }

  private String at(int piece) {
    return String.format(
        Locale.ROOT,
        "group '%s', operation %d, piece %d of token %d: ",
        spec.name(),
        number,
        piece % piecesEach,
        token(piece));
  }

  /** Puts each copy and part into exactly one bucket, and checks each sum. */
  TokenResult end(
      long endPs,
      String failure,
      ImmutableList<String> failedMembers,
      int rebuilds,
      boolean byHosts) {
    for (int piece = 0; piece < pieces; piece++) {
      check(piece, failure.isEmpty());
    }
    stats.operations.increment();
    stats.tokenParts.add(parts);
    stats.tokenPartsArrived.add(arrived);
    stats.tokenPartsFailed.add(parts - arrived);
    TokenResult result =
        new TokenResult(
            spec.name(),
            number,
            callPs,
            endPs,
            failure.isEmpty() ? lastPs : -1,
            failure,
            failedMembers,
            rebuilds,
            byHosts,
            parts,
            arrived);
    if (result.failed()) {
      stats.operationsFailed.increment();
    } else {
      stats.completeLatency.record(result.latencyPs());
    }
    return result;
  }

  private void check(int piece, boolean isComplete) {
    Sum have = there[piece];
    int token = token(piece);
    long expected = 0;
    int count = 0;
    for (int i = 0; i < tokens.others(token); i++) {
      int holder = tokens.other(token, i);
      if (Bits.get(have.mask, holder)) {
        count++;
        expected += isCombine ? value(holder, piece) : 0;
      } else if (isComplete) {
        broken.add(at(piece) + "member " + holder + " is missing");
      }
    }
    if (count != Bits.count(have.mask)) {
      broken.add(at(piece) + "copies or parts of members that hold nothing");
    }
    if (isCombine && (have.value != expected || have.terms != count)) {
      broken.add(at(piece) + "the result is not the sum of its parts, each once");
    }
  }
}
