<?php
/**
 * Plugin Name:       Pullquote
 * Description:       Puts the chat of a Pullquote server on a page: a block, a shortcode, a bubble on every page, and links that show their first quote.
 * Version:           0.1.0
 * Requires at least: 6.3
 * Requires PHP:      7.4
 * License:           MIT
 * Text Domain:       pullquote
 *
 * @package Pullquote
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/** Attributes of <pullquote-chat> that a page may give; docs/widget.md has their meaning. */
const PULLQUOTE_ATTRIBUTES = array( 'debate', 'theme', 'accent', 'position', 'layout', 'height', 'label', 'greeting', 'lang' );

/** The server's address without a slash at its end, or '' where none is set. */
function pullquote_server(): string {
	return untrailingslashit( (string) get_option( 'pullquote_server', '' ) );
}

/** An address such as https://debates.example, or '' where it is none: it may have no path, user or query. */
function pullquote_sanitize_server( $value ): string {
	$url   = esc_url_raw( trim( (string) $value ), array( 'https', 'http' ) );
	$parts = wp_parse_url( $url );
	if ( empty( $parts['host'] ) || array_diff_key( $parts, array_flip( array( 'scheme', 'host', 'port', 'path' ) ) ) || ! in_array( $parts['path'] ?? '/', array( '', '/' ), true ) ) {
		if ( '' !== trim( (string) $value ) ) {
			add_settings_error( 'pullquote_server', 'pullquote_server', __( 'Not kept: this must be an address such as https://debates.example, without a path.', 'pullquote' ) );
		}
		return '';
	}
	return untrailingslashit( $url );
}

/** The element, with a link for visitors without JavaScript; '' where no server is set. */
function pullquote_element( array $given ): string {
	$server = pullquote_server();
	if ( '' === $server ) {
		return '';
	}
	wp_enqueue_script( 'pullquote', $server . '/widget.js', array(), null, array( 'strategy' => 'defer', 'in_footer' => false ) ); // phpcs:ignore WordPress.WP.EnqueuedResourceParameters.MissingVersion -- the server tells browsers how long to keep it.
	$markup = '';
	foreach ( PULLQUOTE_ATTRIBUTES as $name ) {
		if ( isset( $given[ $name ] ) && '' !== (string) $given[ $name ] ) {
			$markup .= sprintf( ' %s="%s"', $name, esc_attr( (string) $given[ $name ] ) );
		}
	}
	$page = empty( $given['debate'] ) ? $server . '/' : add_query_arg( 'debate', rawurlencode( (string) $given['debate'] ), $server . '/' );
	/* translators: %s: the name of a server, such as debates.example */
	$words = sprintf( __( 'Ask the sources on %s', 'pullquote' ), (string) wp_parse_url( $server, PHP_URL_HOST ) );
	return sprintf( '<pullquote-chat%s><a href="%s">%s</a></pullquote-chat>', $markup, esc_url( $page ), esc_html( $words ) );
}

/** [pullquote debate="drug-cartels" height="560"]: a box in the page unless layout="bubble". */
function pullquote_shortcode( $given ): string {
	return pullquote_element( array_merge( array( 'layout' => 'inline' ), array_map( 'strval', is_array( $given ) ? $given : array() ) ) );
}

/** The block, which the server renders: what is stored in a post are its attributes alone. */
function pullquote_block( array $given ): string {
	$element = pullquote_element( array_merge( $given, array( 'layout' => 'inline' ) ) );
	return '' === $element ? '' : sprintf( '<div %s>%s</div>', get_block_wrapper_attributes(), $element );
}

/** Shortcode, block, and the server as one whose links are shown: an answer by its first quote, a debate by its chat. */
function pullquote_init(): void {
	add_shortcode( 'pullquote', 'pullquote_shortcode' );
	register_block_type( __DIR__ . '/block', array( 'render_callback' => 'pullquote_block' ) );
	$server = pullquote_server();
	if ( '' !== $server ) {
		wp_oembed_add_provider( $server . '/?*', $server . '/oembed' );
	}
}
add_action( 'init', 'pullquote_init' );

/** The bubble on every page, where the site wants it. */
function pullquote_footer(): void {
	if ( get_option( 'pullquote_bubble' ) ) {
		echo pullquote_element( array( 'debate' => get_option( 'pullquote_debate', '' ) ) ); // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- escaped where it is made.
	}
}
add_action( 'wp_footer', 'pullquote_footer', 5 );

/** Settings > Pullquote. */
function pullquote_settings(): void {
	register_setting( 'pullquote', 'pullquote_server', array( 'type' => 'string', 'sanitize_callback' => 'pullquote_sanitize_server' ) );
	register_setting( 'pullquote', 'pullquote_debate', array( 'type' => 'string', 'sanitize_callback' => 'sanitize_text_field' ) );
	register_setting( 'pullquote', 'pullquote_bubble', array( 'type' => 'boolean', 'sanitize_callback' => 'rest_sanitize_boolean' ) );
}
add_action( 'admin_init', 'pullquote_settings' );

/** The page of settings in the menu. */
function pullquote_menu(): void {
	add_options_page( 'Pullquote', 'Pullquote', 'manage_options', 'pullquote', 'pullquote_page' );
}
add_action( 'admin_menu', 'pullquote_menu' );

/** The form, and the line that the server's operator needs. */
function pullquote_page(): void {
	$site  = wp_parse_url( home_url() );
	$local = $site['scheme'] . '://' . $site['host'] . ( isset( $site['port'] ) ? ':' . $site['port'] : '' );
	?>
	<div class="wrap">
		<h1>Pullquote</h1>
		<form action="options.php" method="post">
			<?php settings_fields( 'pullquote' ); ?>
			<table class="form-table" role="presentation">
				<tr>
					<th scope="row"><label for="pullquote_server"><?php esc_html_e( 'Server', 'pullquote' ); ?></label></th>
					<td><input class="regular-text" type="url" id="pullquote_server" name="pullquote_server" value="<?php echo esc_attr( pullquote_server() ); ?>" placeholder="https://debates.example">
						<p class="description"><?php esc_html_e( 'Its operator must list this site:', 'pullquote' ); ?> <code>PULLQUOTE_ALLOWED_ORIGINS=<?php echo esc_html( $local ); ?></code></p></td>
				</tr>
				<tr>
					<th scope="row"><label for="pullquote_bubble"><?php esc_html_e( 'Bubble on every page', 'pullquote' ); ?></label></th>
					<td><input type="checkbox" id="pullquote_bubble" name="pullquote_bubble" value="1" <?php checked( get_option( 'pullquote_bubble' ) ); ?>></td>
				</tr>
				<tr>
					<th scope="row"><label for="pullquote_debate"><?php esc_html_e( 'Debate that the bubble asks', 'pullquote' ); ?></label></th>
					<td><input class="regular-text" type="text" id="pullquote_debate" name="pullquote_debate" value="<?php echo esc_attr( (string) get_option( 'pullquote_debate', '' ) ); ?>">
						<p class="description"><?php esc_html_e( 'A folder of the server’s corpus; empty for all debates.', 'pullquote' ); ?></p></td>
				</tr>
			</table>
			<?php submit_button(); ?>
		</form>
	</div>
	<?php
}
