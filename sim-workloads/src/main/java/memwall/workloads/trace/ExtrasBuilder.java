package memwall.workloads.trace;

import it.unimi.dsi.fastutil.longs.LongImmutableList;
import java.util.ArrayList;
import java.util.List;
import memwall.workloads.trace.RequestExtras.Media;
import memwall.workloads.trace.RequestExtras.Observed;
import org.jspecify.annotations.Nullable;

/** Collects the optional fields of a request from a format of others. */
final class ExtrasBuilder {
  private @Nullable String session;
  private @Nullable String parent;
  private int turn = -1;
  private long gapAfterParentPs = -1;
  private LongImmutableList hashIds = LongImmutableList.of();
  private @Nullable String model;
  private @Nullable String tenant;
  private @Nullable String serviceClass;
  private long sloTtftPs = -1;
  private final List<Media> media = new ArrayList<>();
  private @Nullable Observed observed;
  private final StringBuilder x = new StringBuilder();

  ExtrasBuilder session(@Nullable String value) {
    session = value;
    return this;
  }

  ExtrasBuilder parent(String id, long gapPs) {
    parent = id;
    gapAfterParentPs = gapPs;
    return this;
  }

  ExtrasBuilder turn(int value) {
    turn = value;
    return this;
  }

  ExtrasBuilder hashIds(LongImmutableList ids) {
    hashIds = ids;
    return this;
  }

  ExtrasBuilder model(@Nullable String value) {
    model = value;
    return this;
  }

  ExtrasBuilder tenant(@Nullable String value) {
    tenant = value;
    return this;
  }

  ExtrasBuilder serviceClass(@Nullable String value) {
    serviceClass = value;
    return this;
  }

  ExtrasBuilder sloTtftPs(long value) {
    sloTtftPs = value;
    return this;
  }

  /** A part of the prompt; nothing if it has no tokens. */
  ExtrasBuilder media(String kind, int tokens) {
    if (tokens > 0) {
      media.add(new Media(kind, tokens));
    }
    return this;
  }

  ExtrasBuilder observed(Observed value) {
    observed = value;
    return this;
  }

  /** A field that our format does not know, as text; nothing if it is empty. */
  ExtrasBuilder other(String name, String value) {
    if (!value.isEmpty()) {
      x.append(x.length() == 0 ? '{' : ',');
      JsonText.quoted(x, name);
      x.append(':');
      JsonText.quoted(x, value);
    }
    return this;
  }

  /** The fields, or null if none is given. */
  @Nullable RequestExtras build() {
    boolean none =
        session == null
            && parent == null
            && turn < 0
            && hashIds.isEmpty()
            && model == null
            && tenant == null
            && serviceClass == null
            && sloTtftPs < 0
            && media.isEmpty()
            && observed == null
            && x.length() == 0;
    return none
        ? null
        : new RequestExtras(
            session,
            parent,
            turn,
            gapAfterParentPs,
            hashIds,
            model,
            tenant,
            serviceClass,
            sloTtftPs,
            -1,
            media,
            observed,
            x.length() == 0 ? null : x + "}");
  }
}
