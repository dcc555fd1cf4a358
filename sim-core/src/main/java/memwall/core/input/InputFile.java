package memwall.core.input;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;

/**
 * The bytes of an input file, unpacked if it is gzip, with a digest of what is stored. Refuses gzip
 * data that unpacks to more than 200 times its size once 64 MiB have come out.
 */
public final class InputFile implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final long BOMB_FREE_BYTES = 64L << 20;
  private static final long BOMB_RATIO = 200;
  private static final String BOMB_MESSAGE =
      "the gzip data unpacks to more than " + BOMB_RATIO + " times its size, refused as a bomb";

  private final RawBytes raw;
  private final InputStream bytes;

  private InputFile(RawBytes raw, InputStream bytes) {
    this.raw = raw;
    this.bytes = bytes;
  }

  /**
   * Opens a file.
   *
   * @param path the file
   * @param wanted what messages expect there, for example {@code trace}
   * @param faults takes the reason if it cannot be opened
   * @throws memwall.core.config.ConfigException if it is missing, no regular file or not readable
   */
  public static InputFile open(Path path, String wanted, InputFaults faults) {
    if (!Files.exists(path)) {
      faults.add("no such file, expected a " + wanted);
      throw faults.exception();
    }
    if (!Files.isRegularFile(path)) {
      String what = Files.isDirectory(path) ? "is a directory" : "is not a regular file";
      faults.add(what + ", expected a " + wanted + " file");
      throw faults.exception();
    }
    try {
      RawBytes raw = new RawBytes(Files.newInputStream(path));
      try {
        PushbackInputStream peek = new PushbackInputStream(raw, 2);
        byte[] magic = peek.readNBytes(2);
        peek.unread(magic);
        boolean packed = magic.length == 2 && magic[0] == 0x1f && magic[1] == (byte) 0x8b;
        if (!packed && path.toString().endsWith(".gz")) {
          faults.add("the name ends in .gz but the content is not gzip data");
          throw faults.exception();
        }
        InputStream bytes =
            packed ? new Unpacked(new GZIPInputStream(peek, BUFFER_BYTES), raw) : peek;
        return new InputFile(raw, bytes);
      } catch (IOException | RuntimeException e) {
        raw.close();
        throw e;
      }
    } catch (AccessDeniedException e) {
      faults.add("no permission to read this file");
    } catch (IOException e) {
      faults.add(describe(e));
    }
    throw faults.exception();
  }

  /** The unpacked bytes. */
  public InputStream bytes() {
    return bytes;
  }

  /** What a failed read means to the user. */
  public static String describe(IOException e) {
    if (e instanceof BombException) {
      return BOMB_MESSAGE;
    }
    if (e instanceof java.io.EOFException) {
      return "the gzip data ends early: the file is truncated";
    }
    if (e instanceof java.util.zip.ZipException) {
      return "the gzip data is damaged (" + e.getMessage() + ")";
    }
    return "cannot be read: " + e.getMessage();
  }

  /** SHA-256 of the file as stored; reads to its end. */
  public String sha256() throws IOException {
    byte[] rest = new byte[BUFFER_BYTES];
    while (raw.read(rest, 0, rest.length) >= 0) {
      // Only the digest wants these bytes.
    }
    return HexFormat.of().formatHex(raw.digest.digest());
  }

  @Override
  public void close() {
    try {
      bytes.close();
    } catch (IOException e) {
      // A file that was only read: nothing is lost.
      return;
    }
  }

  private static final class BombException extends IOException {
    private static final long serialVersionUID = 1L;

    BombException() {
      super(BOMB_MESSAGE);
    }
  }

  /** Counts and digests what is read from the file. */
  private static final class RawBytes extends FilterInputStream {
    private final MessageDigest digest;
    private long count;

    RawBytes(InputStream in) {
      super(in);
      try {
        digest = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has SHA-256", e);
      }
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = super.read(buffer, offset, length);
      if (n > 0) {
        digest.update(buffer, offset, n);
        count += n;
      }
      return n;
    }
  }

  /** Watches the ratio of bytes out to bytes in. */
  private static final class Unpacked extends FilterInputStream {
    private final RawBytes raw;
    private long count;

    Unpacked(InputStream in, RawBytes raw) {
      super(in);
      this.raw = raw;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = super.read(buffer, offset, length);
      if (n > 0) {
        count += n;
        if (count > BOMB_FREE_BYTES && count > BOMB_RATIO * raw.count) {
          throw new BombException();
        }
      }
      return n;
    }
  }
}
