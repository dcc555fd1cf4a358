package memwall.memory.flash.ftl;

/**
 * So many blocks are retired that nothing more can be written. Everything that was written is still
 * there and can be read; trimming may make room again.
 */
public final class NoSpareBlockException extends RuntimeException {
  private static final long serialVersionUID = 1;

  NoSpareBlockException(String message) {
    super(message);
  }
}
