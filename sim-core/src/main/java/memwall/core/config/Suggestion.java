package memwall.core.config;

import java.util.Collection;
import java.util.Locale;

/** Did-you-mean: the known name nearest to a misspelt one. */
public final class Suggestion {
  private static final int MAX_LENGTH = 80;

  private Suggestion() {}

  /** {@code "; did you mean 'seed'?"}, or nothing if no known name is near. */
  public static String of(String given, Collection<String> known) {
    String best = "";
    // Exclusive: no edit in a name of one letter, one in up to three, else two.
    int bestDistance = given.length() <= 1 ? 1 : given.length() <= 3 ? 2 : 3;
    for (String name : known) {
      int distance = distance(given, name);
      if (distance < bestDistance) {
        bestDistance = distance;
        best = name;
      }
    }
    return best.isEmpty() ? "" : "; did you mean '" + best + "'?";
  }

  /**
   * Edits (insert, delete, replace, swap of neighbours) between the names; case and the choice of
   * {@code -} or {@code _} cost nothing. Optimal string alignment distance.
   */
  static int distance(String first, String second) {
    String a = plain(first);
    String b = plain(second);
    if (a.length() > MAX_LENGTH || b.length() > MAX_LENGTH) {
      return Integer.MAX_VALUE;
    }
    int[][] edits = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      edits[i][0] = i;
    }
    for (int j = 0; j <= b.length(); j++) {
      edits[0][j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        int replace = edits[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int best = Math.min(replace, Math.min(edits[i - 1][j], edits[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          best = Math.min(best, edits[i - 2][j - 2] + 1);
        }
        edits[i][j] = best;
      }
    }
    return edits[a.length()][b.length()];
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
