package memwall.network.aggregation;

import java.util.Arrays;

/** Which members hold experts of which token, and where each token is at home. */
public final class TokenSets {
  private final int members;
  private final int[] home;
  private final int[][] holders;

  /**
   * Copies and checks.
   *
   * @param members of the group, at least 1
   * @param home by token: the member that has it
   * @param holders by token: the members that compute with it, each once, in rising order; where
   *     the home is among them it needs no network
   * @throws IllegalArgumentException if a number is no member, or a token's holders do not rise
   */
  public TokenSets(int members, int[] home, int[][] holders) {
    if (members < 1 || home.length != holders.length) {
      throw new IllegalArgumentException(
          members
              + " members, "
              + home.length
              + " homes, holders of "
              + holders.length
              + " tokens: needs at least 1 member, and holders of each token");
    }
    this.members = members;
    this.home = home.clone();
    this.holders = new int[holders.length][];
    for (int token = 0; token < home.length; token++) {
      int own = home[token];
      int before = -1;
      for (int holder : holders[token]) {
        if (holder <= before || holder >= members) {
          throw new IllegalArgumentException(
              "token "
                  + token
                  + ": holders "
                  + Arrays.toString(holders[token])
                  + ": must rise, and be 0 to "
                  + (members - 1));
        }
        before = holder;
      }
      if (own < 0 || own >= members) {
        throw new IllegalArgumentException(
            "token " + token + ": home " + own + ": members are 0 to " + (members - 1));
      }
      this.holders[token] = Arrays.stream(holders[token]).filter(one -> one != own).toArray();
    }
  }

  /** Members of the group. */
  public int members() {
    return members;
  }

  /** Number of tokens. */
  public int tokens() {
    return home.length;
  }

  /** The member that has a token. */
  public int home(int token) {
    return home[token];
  }

  /** How many other members compute with a token. */
  public int others(int token) {
    return holders[token].length;
  }

  /** One of them. */
  public int other(int token, int index) {
    return holders[token][index];
  }

  /** Copies of all tokens: one for each other member that computes with it. */
  public long copies() {
    long count = 0;
    for (int[] of : holders) {
      count += of.length;
    }
    return count;
  }
}
