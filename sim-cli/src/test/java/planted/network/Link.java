package planted.network;

/** As it should be. */
public interface Link {
  long bytesPerSec();
}
