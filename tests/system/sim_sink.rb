# Listens where devices say hello: sim_sink.rb PORT FILE. Each connection becomes a line of FILE
# when it ends: peer address, number of bytes, number of pieces, bytes in hex. A piece is a segment that
# the kernel has got, where it tells: reads are fewer when this program comes late.
require 'socket'

server = TCPServer.new('127.0.0.1', ARGV[0].to_i)
lock = Mutex.new
puts 'ready'
$stdout.flush
loop do
  Thread.new(server.accept) do |s|
    data = ''.b
    reads = 0
    begin
      loop do
        data << s.readpartial(65536)
        reads += 1
      end
    rescue EOFError, SystemCallError
      # the end of the hello
    end
    told = s.getsockopt(:TCP, :INFO).data
    pieces = [reads, told.size >= 156 ? told.unpack1('@152L') : 0].max # tcpi_data_segs_in
    peer = s.remote_address.ip_address
    s.close
    lock.synchronize do
      File.open(ARGV[1], 'a') { |f| f.puts "#{peer} #{data.bytesize} #{pieces} #{data.unpack1('H*')}" }
    end
  end
end
