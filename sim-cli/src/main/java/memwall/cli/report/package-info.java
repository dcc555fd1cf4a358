/**
 * What a run leaves behind and what its user reads. {@link memwall.cli.report.RunResult} is the
 * record that the application fills; {@link memwall.cli.report.RunFolder} writes it as files, and
 * {@link memwall.cli.report.HtmlReport} draws a page from those files alone.
 */
@NullMarked
package memwall.cli.report;

import org.jspecify.annotations.NullMarked;
