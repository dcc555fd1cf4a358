package memwall.core.input;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Lines of a text file as characters, in one reused buffer. Memory is bounded by the longest line
 * allowed; lines that are not UTF-8 are faults and skipped.
 */
public final class LineReader implements AutoCloseable {
  /** The longest line that is read. */
  public static final int MAX_LINE_BYTES = 16 << 20;

  private final InputFile input;
  private final InputFaults faults;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);
  private byte[] buffer = new byte[1 << 16];
  private int start;
  private int end;
  private boolean atEnd;
  private char[] chars = new char[1 << 10];
  private int length;
  private long number;

  private LineReader(InputFile input, InputFaults faults) {
    this.input = input;
    this.faults = faults;
  }

  /**
   * Opens a file, plain or gzip, and goes to its first line.
   *
   * @param path the file
   * @param wanted what messages expect there, for example {@code trace}
   * @throws memwall.core.config.ConfigException if it cannot be read or is empty
   */
  public static LineReader open(Path path, String wanted) {
    InputFaults faults = new InputFaults(path.toString());
    LineReader lines = new LineReader(InputFile.open(path, wanted, faults), faults);
    try {
      if (!lines.next()) {
        faults.add("the file is empty, expected a " + wanted);
        throw faults.exception();
      }
      return lines;
    } catch (RuntimeException e) {
      lines.close();
      throw e;
    }
  }

  /**
   * Goes to the next line; false after the last one. Lines that are not UTF-8 are faults and left
   * out.
   *
   * @throws memwall.core.config.ConfigException if the file cannot be read on, a line is longer
   *     than {@link #MAX_LINE_BYTES}, or the first line is not UTF-8
   */
  public boolean next() {
    while (true) {
      int newline = find(start);
      while (newline < 0 && !atEnd) {
        int scanned = end - start;
        fill();
        newline = find(start + scanned);
      }
      if (newline < 0 && start == end) {
        return false;
      }
      number++;
      int lineEnd = newline < 0 ? end : newline;
      int lineStart = start;
      start = newline < 0 ? end : newline + 1;
      if (lineEnd - lineStart > MAX_LINE_BYTES) {
        throw tooLong(number);
      }
      if (lineEnd > lineStart && buffer[lineEnd - 1] == '\r') {
        lineEnd--;
      }
      if (number == 1 && startsWithByteOrderMark(lineStart, lineEnd)) {
        lineStart += 3;
      }
      if (decode(lineStart, lineEnd)) {
        return true;
      }
      if (number == 1) {
        throw faults.exception();
      }
    }
  }

  /** The current line is in [0, length) of this array, until {@link #next}. */
  public char[] chars() {
    return chars;
  }

  /** Characters of the current line, without its end. */
  public int length() {
    return length;
  }

  /** Number of the current line, from 1. */
  public long number() {
    return number;
  }

  /** The current line as text, shortened. */
  public String startOfLine() {
    return new String(chars, 0, Math.min(length, 200));
  }

  /** The faults of this file. */
  public InputFaults faults() {
    return faults;
  }

  /** SHA-256 of the whole file as stored; reads to its end. */
  public String sha256() {
    try {
      return input.sha256();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  @Override
  public void close() {
    input.close();
  }

  private int find(int from) {
    for (int i = from; i < end; i++) {
      if (buffer[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private void fill() {
    if (end - start > MAX_LINE_BYTES) {
      throw tooLong(number + 1);
    }
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, end - start);
      end -= start;
      start = 0;
    }
    if (end == buffer.length) {
      buffer = Arrays.copyOf(buffer, 2 * end);
    }
    try {
      int n = input.bytes().read(buffer, end, buffer.length - end);
      if (n < 0) {
        atEnd = true;
      } else {
        end += n;
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private RuntimeException tooLong(long line) {
    return faults.fatal(
        line, "the line is longer than " + (MAX_LINE_BYTES >> 20) + " MiB, refused");
  }

  private RuntimeException failed(IOException e) {
    return faults.fatal(number + 1, InputFile.describe(e));
  }

  private boolean startsWithByteOrderMark(int from, int to) {
    return to - from >= 3
        && buffer[from] == (byte) 0xef
        && buffer[from + 1] == (byte) 0xbb
        && buffer[from + 2] == (byte) 0xbf;
  }

  private boolean decode(int from, int to) {
    if (chars.length < to - from) {
      chars = new char[Math.max(to - from, 2 * chars.length)];
    }
    int i = from;
    int n = 0;
    while (i < to && buffer[i] >= 0) {
      chars[n++] = (char) buffer[i++];
    }
    length = n;
    if (i == to) {
      return true;
    }
    CharBuffer out = CharBuffer.wrap(chars, n, chars.length - n);
    ByteBuffer in = ByteBuffer.wrap(buffer, i, to - i);
    decoder.reset();
    CoderResult result = decoder.decode(in, out, true);
    if (result.isError()) {
      int at = in.position();
      faults.add(
          number,
          at - from + 1L,
          String.format(
              java.util.Locale.ROOT, "byte 0x%02x is not valid UTF-8", buffer[at] & 0xff));
      return false;
    }
    length = out.position();
    return true;
  }
}
