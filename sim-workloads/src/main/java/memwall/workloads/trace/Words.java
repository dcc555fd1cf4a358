package memwall.workloads.trace;

import java.util.Collection;

/** Text for error messages. */
final class Words {
  private static final int SHOWN_CHARS = 60;

  private Words() {}

  /** A value as given, in quotes, shortened, with nothing unprintable. */
  static String quote(CharSequence given) {
    StringBuilder text = new StringBuilder("'");
    int length = Math.min(given.length(), SHOWN_CHARS);
    for (int i = 0; i < length; i++) {
      char c = given.charAt(i);
      if (c < ' ' || c == 0x7f || Character.isSurrogate(c)) {
        text.append(String.format(java.util.Locale.ROOT, "\\u%04x", (int) c));
      } else {
        text.append(c);
      }
    }
    return text.append(given.length() > SHOWN_CHARS ? "...'" : "'").toString();
  }

  /** {@code , did you mean 'x'?} if an allowed word is close to the one given, else nothing. */
  static String didYouMean(String given, Collection<String> allowed) {
    String best = "";
    int bestDistance = Math.max(1, given.length() / 2) + 1;
    for (String word : allowed) {
      if (Math.abs(word.length() - given.length()) < bestDistance) {
        int distance = distance(given, word);
        if (distance < bestDistance) {
          bestDistance = distance;
          best = word;
        }
      }
    }
    return best.isEmpty() ? "" : ", did you mean '" + best + "'?";
  }

  /** Edit distance: insertions, deletions, replacements. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replace, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
