package memwall.cli.report;

/** Builds a page: everything that is not a tag goes through {@link #text} and is escaped. */
final class Html {
  private final StringBuilder out = new StringBuilder(1 << 17);
  private int ids;

  /** Adds markup as it is: literals of this package only, never what a user gave. */
  Html raw(String markup) {
    out.append(markup);
    return this;
  }

  /** Adds text, escaped. */
  Html text(String text) {
    escape(text, out);
    return this;
  }

  /** Adds {@code <tag>text</tag>}; the tag may carry literal attributes. */
  Html element(String tag, String text) {
    int space = tag.indexOf(' ');
    return raw("<" + tag + ">")
        .text(text)
        .raw("</" + (space < 0 ? tag : tag.substring(0, space)) + ">");
  }

  /** Adds {@code name="value"}, escaped. */
  Html attribute(String name, String value) {
    return raw(" " + name + "=\"").text(value).raw("\"");
  }

  /** An identifier that no other element of the page has. */
  String id() {
    return "f" + ++ids;
  }

  /** Begins a table with a caption and column heads; a head that begins with {@code >} is right. */
  Html tableStart(String style, String caption, String... heads) {
    raw("<div class=\"scroll\" tabindex=\"0\" role=\"region\"").attribute("aria-label", caption);
    raw("><table class=\"" + style + "\">").element("caption", caption).raw("<thead><tr>");
    for (String head : heads) {
      boolean right = head.startsWith(">");
      element(
          right ? "th scope=\"col\" class=\"n\"" : "th scope=\"col\"",
          right ? head.substring(1) : head);
    }
    return raw("</tr></thead><tbody>");
  }

  /** Ends what {@link #tableStart} began. */
  Html tableEnd() {
    return raw("</tbody></table></div>\n");
  }

  /** A cell with a number in it. */
  Html figure(String number) {
    return element("td class=\"n\"", number);
  }

  /** Escapes text for element content and for quoted attributes. */
  static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    escape(text, escaped);
    return escaped.toString();
  }

  private static void escape(String text, StringBuilder out) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        case '\n', '\t' -> out.append(c);
        default ->
            out.append(c < ' ' || (Character.isSurrogate(c) && !paired(text, i)) ? '\ufffd' : c);
      }
    }
  }

  private static boolean paired(String text, int i) {
    return Character.isHighSurrogate(text.charAt(i))
        ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
        : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
