package planted.core;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Calendar;
import java.util.Date;

/** Looks at the wall clock in every way. */
@SuppressWarnings({"JavaTimeDefaultTimeZone", "JavaUtilDate"})
final class Clocks {
  long nanos() {
    return System.nanoTime();
  }

  long millis() {
    return System.currentTimeMillis();
  }

  Instant instant() {
    return Instant.now();
  }

  LocalDate date() {
    return LocalDate.now();
  }

  Clock clock() {
    return Clock.systemUTC();
  }

  Date oldDate() {
    return new Date();
  }

  Calendar calendar() {
    return Calendar.getInstance();
  }
}
